// SPDX-License-Identifier: Apache-2.0
import { Storage } from '../storage.ts';
import type { Scratch } from './gemm.ts';

/**
 * Runs `fn` with scratch memory for kernels: each request gives back the one before it, and the last
 * goes back when `fn` ends, however it ends.
 */
export function withScratch<T>(fn: (scratch: Scratch) => T): T {
  let block: Storage | undefined;
  const scratch: Scratch = (bytes) => {
    block?.release();
    block = undefined;
    block = Storage.allocate(bytes);
    return block.pointer;
  };
  try {
    return fn(scratch);
  } finally {
    block?.release();
  }
}
