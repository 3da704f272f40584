// SPDX-License-Identifier: Apache-2.0
// What the tests of single recurrent steps share.

import type { TestHeap } from './testing.ts';

/** Below, at and above a vector and the loop of two vectors, and three loops long; tails of 1 to 3. */
export const unitSizes = [0, 1, 2, 3, 4, 5, 7, 8, 9, 11, 16, 17, 24, 27] as const;

/** Numbers from -4 to 4 that all differ. */
export function spread(length: number, phase: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => 4 * Math.cos(1.3 * i + i * i * 0.011 + phase));
}

/** The elements of several buffers, one after the other. */
export function everything(heap: TestHeap, ...parts: readonly [pointer: number, length: number][]) {
  return Float32Array.from(parts.flatMap(([at, length]) => [...heap.floats(at, length)]));
}
