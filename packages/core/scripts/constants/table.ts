// SPDX-License-Identifier: Apache-2.0

import { mathConstants } from './math.ts';
import { philoxConstants } from './philox.ts';

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
const zeroBytes = 64;

/** Where the constants start, in bytes from the table's beginning, by name and in order. */
export function constantOffsets(): [name: string, offset: number][] {
  return Object.keys(constants).map((name, index) => [name, zeroBytes + 4 * index]);
}

/** The table itself. */
export function constantTable(): Uint8Array {
  const values: KernelConstant[] = Object.values(constants);
  const table = new DataView(new ArrayBuffer(zeroBytes + 4 * values.length));
  for (const [index, value] of values.entries()) {
    const offset = zeroBytes + 4 * index;
    if (typeof value === 'number') table.setFloat32(offset, value, true);
    else table.setInt32(offset, value.bits, true);
  }
  return new Uint8Array(table.buffer);
}
