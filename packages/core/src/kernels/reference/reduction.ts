// SPDX-License-Identifier: Apache-2.0

import { float32View } from './views.ts';

/**
 * Reduces the middle axis of `x[outer, axis, inner]` to `out[outer, inner]`, float32.
 *
 * `inner` = 1 (rows) and `outer` = 1 (columns) are the fast cases. Sums run in float32 lanes and in
 * blocks, in an order that depends on the sizes only. With u = 2^−24 their error is at most
 * `70 u · Σ|x|` for rows of any length, and `(128 + axis / 128) u · Σ|x|` for columns.
 */
export type ReductionKernel = (
  x: number,
  out: number,
  outer: number,
  axis: number,
  inner: number,
) => void;

/** Reductions along one axis. `out` must not overlap `x`. */
export interface ReductionKernels {
  /** `Σ x`; 0 for an empty axis. */
  sum: ReductionKernel;
  /** `Σ x / axis`; NaN for an empty axis. */
  mean: ReductionKernel;
  /** `Σ x²`. */
  sumOfSquares: ReductionKernel;
  /** `Π x`; 1 for an empty axis. */
  prod: ReductionKernel;
  /** The greatest element, NaN where one is NaN; −Infinity for an empty axis. */
  max: ReductionKernel;
  /** The least element, NaN where one is NaN; Infinity for an empty axis. */
  min: ReductionKernel;
  /**
   * The place along the axis of the greatest element, as int32: the first of equals, and the first
   * NaN before all numbers, as in NumPy and PyTorch. The axis must not be empty.
   */
  argMax: ReductionKernel;
}

/** The kernels of `ReductionKernels` in float64, rounded once. */
export function createReductionReference(memory: WebAssembly.Memory): ReductionKernels {
  const reduction =
    (reduce: (line: Float64Array) => number): ReductionKernel =>
    (x, out, outer, axis, inner) => {
      const [from, to] = [float32View(memory, x), float32View(memory, out)];
      for (let i = 0; i < outer; i++) {
        for (let k = 0; k < inner; k++) {
          const line = Float64Array.from({ length: axis }, (_, j) =>
            from.get((i * axis + j) * inner + k),
          );
          to.set(i * inner + k, reduce(line));
        }
      }
    };
  return {
    sum: reduction(sumOf),
    mean: reduction((line) => sumOf(line) / line.length),
    sumOfSquares: reduction((line) => sumOf(line.map((value) => value * value))),
    prod: reduction((line) => line.reduce((product, value) => product * value, 1)),
    max: reduction((line) => line.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)),
    min: reduction((line) => line.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)),
    argMax(x, out, outer, axis, inner) {
      const [from, view] = [float32View(memory, x), new DataView(memory.buffer)];
      for (let i = 0; i < outer; i++) {
        for (let k = 0; k < inner; k++) {
          const line = Float64Array.from({ length: axis }, (_, j) =>
            from.get((i * axis + j) * inner + k),
          );
          view.setInt32(out + 4 * (i * inner + k), placeOfMax(line), true);
        }
      }
    },
  };
}

function sumOf(line: Float64Array): number {
  return line.reduce((sum, value) => sum + value, 0);
}

function placeOfMax(line: Float64Array): number {
  const nan = line.findIndex(Number.isNaN);
  if (nan >= 0) return nan;
  return line.reduce((best, value, j) => (value > (line[best] ?? value) ? j : best), 0);
}
