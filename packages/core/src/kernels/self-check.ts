// SPDX-License-Identifier: Apache-2.0

import type { Heap } from '../storage.ts';
import type { Kernels } from './kernels.ts';
import { createReferenceKernels } from './reference/create.ts';
import { CheckHeap, type KernelCheck } from './self-check/check-heap.ts';
import { elementwiseChecks } from './self-check/elementwise.ts';
import { gemmChecks } from './self-check/gemm.ts';
import { moveChecks } from './self-check/moves.ts';
import { philoxChecks } from './self-check/philox.ts';
import { recurrentChecks } from './self-check/recurrent.ts';
import { rowChecks } from './self-check/rows.ts';
import { updateChecks } from './self-check/updates.ts';

/** One check for every kernel: one that is missing does not compile. */
export const kernelChecks: Record<keyof Kernels, KernelCheck> = {
  ...gemmChecks,
  ...elementwiseChecks,
  ...rowChecks,
  ...moveChecks,
  ...philoxChecks,
  ...recurrentChecks,
  ...updateChecks,
};

/** The memory that the checks share. */
const scratchBytes = 2 ** 18;

/**
 * Runs kernels against their scalar reference, each on small inputs that take its vector loop three
 * times and its tails, and looks at every byte of the memory around them.
 *
 * It uses 256 kB of the heap, which it frees.
 *
 * @param memory the heap's memory, which the kernels are linked to
 * @param names the kernels to check; all of them by default
 * @returns what the first wrong kernel did, or undefined when all are right.
 */
export function selfCheck(
  kernels: Kernels,
  memory: WebAssembly.Memory,
  { allocate, free }: Pick<Heap, 'allocate' | 'free'>,
  names: readonly (keyof Kernels)[] = kernelNames(),
): string | undefined {
  const scratch = allocate(scratchBytes);
  if (scratch === 0) return `the heap has no ${scratchBytes} bytes left for its checks`;
  try {
    const heap = new CheckHeap(memory, scratch, scratchBytes);
    const reference = createReferenceKernels(memory);
    for (const name of names) {
      const difference = differenceOf(heap, kernelChecks[name], kernels, reference);
      if (difference !== undefined) return `${name} ${difference}`;
    }
    return undefined;
  } finally {
    free(scratch);
  }
}

/** All kernels, in the order of their checks. */
export function kernelNames(): (keyof Kernels)[] {
  return Object.keys(kernelChecks) as (keyof Kernels)[];
}

/** A trap is a difference too. */
function differenceOf(heap: CheckHeap, ...check: [KernelCheck, Kernels, Kernels]) {
  try {
    return heap.difference(...check);
  } catch (error) {
    return `failed: ${error instanceof Error ? error.message : String(error)}`;
  }
}
