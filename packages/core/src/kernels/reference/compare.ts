// SPDX-License-Identifier: Apache-2.0

import { type BroadcastKernel, broadcastLoop } from './binary.ts';
import { float32View } from './views.ts';

/**
 * Comparisons of float32 tensors and the choice by their results.
 *
 * A comparison writes one byte an element, 1 where it holds and 0 where not; a NaN is unequal to
 * everything and neither less nor greater. The arguments are those of the other broadcasts.
 */
export interface CompareKernels {
  /** `a = b`. */
  equal: BroadcastKernel;
  /** `a ≠ b`. */
  notEqual: BroadcastKernel;
  /** `a < b`. */
  less: BroadcastKernel;
  /** `a ≤ b`. */
  lessEqual: BroadcastKernel;
  /** `a > b`. */
  greater: BroadcastKernel;
  /** `a ≥ b`. */
  greaterEqual: BroadcastKernel;
  /**
   * `out[i] = condition[i] ? a[i] : b[i]` for i < n and 4-byte elements of any kind.
   *
   * @param condition n bytes; every byte but 0 chooses `a`
   * @param out may be `a` or `b`
   * @param aStride 1, or 0 to take the one element at `a` throughout
   * @param bStride likewise
   */
  select(
    condition: number,
    a: number,
    b: number,
    out: number,
    n: number,
    aStride: number,
    bStride: number,
  ): void;
}

/** The kernels of `CompareKernels` as plain loops, with equal results. */
export function createCompareReference(memory: WebAssembly.Memory): CompareKernels {
  const comparison =
    (holds: (a: number, b: number) => boolean): BroadcastKernel =>
    (a, b, out, ...loops) => {
      const bytes = new Uint8Array(memory.buffer);
      broadcastLoop(float32View(memory, a), float32View(memory, b), loops, (i, x, y) => {
        bytes[out + i] = holds(x, y) ? 1 : 0;
      });
    };
  return {
    equal: comparison((a, b) => a === b),
    notEqual: comparison((a, b) => a !== b),
    less: comparison((a, b) => a < b),
    lessEqual: comparison((a, b) => a <= b),
    greater: comparison((a, b) => a > b),
    greaterEqual: comparison((a, b) => a >= b),
    select(condition, a, b, out, n, aStride, bStride) {
      const view = new DataView(memory.buffer);
      for (let i = 0; i < n; i++) {
        const from = view.getUint8(condition + i) === 0 ? b + 4 * bStride * i : a + 4 * aStride * i;
        view.setInt32(out + 4 * i, view.getInt32(from, true), true);
      }
    },
  };
}
