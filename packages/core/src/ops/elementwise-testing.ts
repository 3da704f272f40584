// SPDX-License-Identifier: Apache-2.0
import { tensor } from '../create.ts';
import { type Shape, sizeOf } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { closeTo, type Tolerance } from '../testing/close-to.ts';
import { type FixtureOptions, sines } from '../testing/fixtures.ts';

/** Two shapes and the shape they broadcast to. */
const pairs: readonly (readonly [Shape, Shape, Shape])[] = [
  [[], [], []],
  [[5], [5], [5]],
  [
    [2, 3],
    [2, 3],
    [2, 3],
  ],
  [[2, 3], [3], [2, 3]],
  [[3], [2, 3], [2, 3]],
  [
    [2, 1],
    [1, 3],
    [2, 3],
  ],
  [[], [4], [4]],
  [[4], [], [4]],
  [
    [2, 1, 3, 1, 2],
    [3, 1, 4, 1],
    [2, 3, 3, 4, 2],
  ],
  [
    [2, 1, 2, 1, 2, 1],
    [1, 2, 1, 2, 1, 2],
    [2, 2, 2, 2, 2, 2],
  ],
  [[1, 1], [1], [1, 1]],
  [[0, 3], [3], [0, 3]],
  [
    [2, 0],
    [2, 1],
    [2, 0],
  ],
];

/**
 * Compares `fn` with a function of one float64 number: on a scalar, vector, matrix and a tensor of no
 * elements, and on `points`.
 *
 * @throws Error naming the first element that differs, or the shape when it is not the input's.
 */
export function expectUnary(
  fn: (x: Tensor) => Tensor,
  reference: (x: number) => number,
  {
    tolerance,
    points = [],
    ...place
  }: FixtureOptions & { tolerance: Tolerance; points?: number[] },
): void {
  const inputs = [[], [37], [3, 5], [0, 3]].map((shape) => sines(shape, { start: 1, ...place }));
  for (const x of [...inputs, tensor(points)]) {
    const y = fn(x);
    checkShape(y, x.shape);
    closeTo(y, Array.from(x.data(), reference), tolerance);
  }
}

/**
 * Compares `fn` with a function of two numbers over all ways to broadcast.
 *
 * @param a,b where the elements of each operand lie.
 */
export function expectBinary(
  fn: (a: Tensor, b: Tensor) => Tensor,
  reference: (a: number, b: number) => number,
  options: { a?: FixtureOptions; b?: FixtureOptions; tolerance: Tolerance },
): void {
  for (const [left, right, shape] of pairs) {
    const a = sines(left, { start: 1, ...options.a });
    const b = sines(right, { start: 7, ...options.b });
    const y = fn(a, b);
    checkShape(y, shape);
    const [x0, x1] = [a.data(), b.data()];
    const expected = Array.from({ length: sizeOf(shape) }, (_, i) =>
      reference(x0[sourceOf(i, shape, left)] ?? 0, x1[sourceOf(i, shape, right)] ?? 0),
    );
    closeTo(y, expected, options.tolerance);
  }
}

/** The element of a tensor of shape `from` that element `i` of the broadcast `shape` comes from. */
export function sourceOf(i: number, shape: Shape, from: Shape): number {
  let source = 0;
  let stride = 1;
  let rest = i;
  for (let axis = 1; axis <= shape.length; axis++) {
    const size = shape.at(-axis) ?? 1;
    const own = from.at(-axis) ?? 1;
    if (axis <= from.length) {
      source += own === 1 ? 0 : (rest % size) * stride;
      stride *= own;
    }
    rest = Math.floor(rest / size);
  }
  return source;
}

function checkShape(y: Tensor, shape: Shape): void {
  if (JSON.stringify(y.shape) === JSON.stringify(shape)) return;
  throw new Error(`expected shape [${shape}], got [${y.shape}].`);
}
