// SPDX-License-Identifier: Apache-2.0
import { defineOp } from '../op.ts';
import type { Tensor } from '../tensor.ts';
import { add, mul } from './arithmetic.ts';
import { cast } from './cast.ts';
import { greater, greaterEqual } from './compare.ts';
import { binary } from './elementwise.ts';
import { type Operand, withOperands } from './operand.ts';

type Pair = readonly [Tensor, Tensor];

/** The declared op of `maximum`. */
export const maximumOp = defineOp({
  name: 'maximum',
  broadcasts: true,
  forward: ([a, b]: Pair) => binary('maximum', a, b),
  save: ([a, b]) => [a, b],
  gradient: (dy, { saved: [a, b] }) => [
    () => mul(dy, shareOfGreater(a, b)),
    () => mul(dy, shareOfGreater(b, a)),
  ],
});

/** The declared op of `minimum`. */
export const minimumOp = defineOp({
  name: 'minimum',
  broadcasts: true,
  forward: ([a, b]: Pair) => binary('minimum', a, b),
  save: ([a, b]) => [a, b],
  gradient: (dy, { saved: [a, b] }) => [
    () => mul(dy, shareOfGreater(b, a)),
    () => mul(dy, shareOfGreater(a, b)),
  ],
});

/**
 * The greater of a and b, elementwise with broadcasting; NaN where either is NaN.
 *
 * Where a = b each gets half of the gradient, as in PyTorch and JAX; TensorFlow gives a all of it.
 *
 * @throws ShapeError when the shapes do not broadcast, DTypeError when the dtypes differ or are
 *   `bool`.
 */
export function maximum(a: Operand, b: Operand): Tensor {
  return withOperands('maximum', a, b, (x, y) => maximumOp([x, y]));
}

/**
 * The smaller of a and b, elementwise with broadcasting; NaN where either is NaN.
 *
 * Where a = b each gets half of the gradient, as in PyTorch and JAX; TensorFlow gives a all of it.
 *
 * @throws ShapeError when the shapes do not broadcast, DTypeError when the dtypes differ or are
 *   `bool`.
 */
export function minimum(a: Operand, b: Operand): Tensor {
  return withOperands('minimum', a, b, (x, y) => minimumOp([x, y]));
}

/** 1 where a > b, ½ where they are equal, else 0. */
function shareOfGreater(a: Tensor, b: Tensor): Tensor {
  return mul(add(cast(greater(a, b), 'float32'), cast(greaterEqual(a, b), 'float32')), 0.5);
}
