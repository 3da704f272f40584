// SPDX-License-Identifier: Apache-2.0
import { type Shape, sizeOf, stridesOf } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { closeTo, type Tolerance } from '../testing/close-to.ts';
import { sines } from '../testing/fixtures.ts';
import type { ReduceOptions } from './reduce.ts';

/** Shapes, the axes to reduce and the shape that is left. */
const reductions: readonly (readonly [Shape, number[] | undefined, Shape])[] = [
  [[], undefined, []],
  [[], [], []],
  [[300], undefined, []],
  [[2, 3], undefined, []],
  [[2, 3], [], [2, 3]],
  [[2, 3], [0], [3]],
  [[2, 3], [-1], [2]],
  [[17, 19], [1], [17]],
  [[17, 19], [0], [19]],
  [[2, 3, 4], [1], [2, 4]],
  [[2, 3, 4], [2, 0], [3]],
  [[2, 3, 4], [0, 1], [4]],
  [
    [2, 3, 4, 5, 2],
    [1, 3],
    [2, 4, 2],
  ],
  [[2, 1, 3], [0, 1], [3]],
  [[1, 3], [0], [3]],
  [[0, 3], [1], [0]],
];

/**
 * Compares a reduction with a function of a list of float64 numbers, over many choices of axes, with
 * and without `keepDims`.
 *
 * @throws Error naming the shape, axes and first element that differ.
 */
export function expectReduction(
  fn: (x: Tensor, options: ReduceOptions) => Tensor,
  reference: (values: number[]) => number,
  tolerance: Tolerance,
): void {
  for (const [shape, axis, left] of reductions) {
    const x = sines(shape, { start: 1, offset: 0.1 });
    const options = axis === undefined ? {} : { axis };
    const kept = shape.map((size, i) => (isReduced(i, axis, shape.length) ? 1 : size));
    const expected = groups(x, axis).map(reference);
    for (const [y, target] of [
      [fn(x, options), left],
      [fn(x, { ...options, keepDims: true }), kept],
    ] as const) {
      if (y.shape.join() !== target.join()) {
        throw new Error(`[${shape}] over [${axis}]: expected shape [${target}], got [${y.shape}].`);
      }
      closeTo(y, expected, tolerance);
    }
  }
}

/** The elements of `x` that each result comes from, in the order of the results. */
export function groups(x: Tensor, axis: number[] | undefined): number[][] {
  const { shape, rank } = x;
  const strides = stridesOf(shape);
  const kept = shape.map((size, i) => (isReduced(i, axis, rank) ? 1 : size));
  const keptStrides = stridesOf(kept);
  const result = Array.from({ length: sizeOf(kept) }, (): number[] => []);
  x.data().forEach((value, i) => {
    let at = 0;
    for (let j = 0; j < rank; j++) {
      const index = Math.floor(i / (strides[j] ?? 1)) % (shape[j] ?? 1);
      if (kept[j] !== 1) at += index * (keptStrides[j] ?? 0);
    }
    result[at]?.push(value);
  });
  return result;
}

function isReduced(axis: number, axes: number[] | undefined, rank: number): boolean {
  return axes === undefined || axes.includes(axis) || axes.includes(axis - rank);
}
