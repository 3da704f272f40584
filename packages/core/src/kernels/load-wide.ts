// SPDX-License-Identifier: Apache-2.0

import type { Heap } from '../storage.ts';
import type { Kernels } from './kernels.ts';
import { loadKernels } from './load.ts';

/** Kernels in wide mode that passed their self-check, or a line that says why they are not used. */
export type WideKernels = { readonly kernels: Kernels } | { readonly refused: string };

/**
 * Loads the relaxed kernels in V8's wide mode and runs every one of them against its reference.
 *
 * @param memory the heap's memory
 * @returns the kernels when all are right. Otherwise the heap is as it was.
 */
export async function loadWideKernels(
  memory: WebAssembly.Memory,
  heap: Pick<Heap, 'allocate' | 'free'>,
): Promise<WideKernels> {
  let constants = 0;
  const allocate = (bytes: number) => {
    constants = heap.allocate(bytes);
    return constants;
  };
  const refuse = (reason: string): WideKernels => {
    if (constants !== 0) heap.free(constants);
    return {
      refused:
        `init: wide mode is off, because its self-check found: ${reason}. ` +
        'The kernels run in the normal mode, which is slower.',
    };
  };
  try {
    const { kernels } = await loadKernels({ memory, allocate, build: 'relaxed', wide: true });
    // Only wide mode needs the checks and the references: others do not pay for loading them.
    const { selfCheck } = await import('./self-check.ts');
    const wrong = selfCheck(kernels, memory, heap);
    return wrong === undefined ? { kernels } : refuse(wrong);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}
