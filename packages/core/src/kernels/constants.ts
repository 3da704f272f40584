// SPDX-License-Identifier: Apache-2.0

import { mathConstants } from './math-constants.ts';
import { philoxConstants } from './philox-constants.ts';

/** A float, rounded to float32, or the 32 bits of an integer constant. */
export type KernelConstant = number | { readonly bits: number };

/**
 * The table of constants that kernels read from the heap, in the order in which they lie there.
 *
 * The build writes the byte offset of each entry to `assembly/generated/constants.ts` in upper snake case: `log2E`
 * here is `LOG2_E` there, used as `const log2e = splat(LOG2_E)` before a loop. Add entries by family, with the source
 * of every polynomial beside it.
 */
export const constants = {
  one: 1,
  ...mathConstants,
  ...philoxConstants,
} satisfies Record<string, KernelConstant>;

/** The table opens with this many zero bytes: `ZEROS` in assembly, a row of zeros for kernels that need one. */
export const zeroBytes = 64;

/** The size of the table in bytes. */
export const constantBytes: number = zeroBytes + 4 * Object.keys(constants).length;

/** Where the constants start, in bytes from the table's beginning, by name and in order. */
export function constantOffsets(): [name: string, offset: number][] {
  return Object.keys(constants).map((name, index) => [name, zeroBytes + 4 * index]);
}

/** Writes the table of constants to `pointer` in `memory`. */
export function fillConstants(memory: WebAssembly.Memory, pointer: number): void {
  new Uint8Array(memory.buffer, pointer, zeroBytes).fill(0);
  const view = new DataView(memory.buffer, pointer + zeroBytes);
  const values: KernelConstant[] = Object.values(constants);
  for (const [index, value] of values.entries()) {
    if (typeof value === 'number') view.setFloat32(4 * index, value, true);
    else view.setInt32(4 * index, value.bits, true);
  }
}
