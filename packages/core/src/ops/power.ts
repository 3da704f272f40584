// SPDX-License-Identifier: Apache-2.0
import { defineOp } from '../op.ts';
import type { Tensor } from '../tensor.ts';
import { mul, sub } from './arithmetic.ts';
import { equal, greater } from './compare.ts';
import { binary } from './elementwise.ts';
import { log } from './exponential.ts';
import { logicalAnd } from './logical.ts';
import { type Operand, withOperands } from './operand.ts';
import { where } from './where.ts';

/** The declared op of `pow`. */
export const powOp = defineOp({
  name: 'pow',
  broadcasts: true,
  forward: ([a, b]: readonly [Tensor, Tensor]) => binary('pow', a, b),
  save: ([a, b], y) => [a, b, y],
  gradient: (dy, { saved: [a, b, y] }) => [
    () => mul(dy, baseSlope(a, b)),
    () => mul(dy, mul(y, safeLog(a))),
  ],
});

/**
 * aᵇ, elementwise with broadcasting. NaN where a is negative and b has a fraction; 0⁰ is 1.
 *
 * The gradient for b is 0 where a is not positive, as in TensorFlow.
 *
 * @throws ShapeError when the shapes do not broadcast, DTypeError when a dtype is not float32.
 */
export function pow(a: Operand, b: Operand): Tensor {
  return withOperands('pow', a, b, (x, y) => powOp([x, y]));
}

/** b · aᵇ⁻¹; 0 where both are 0, which the formula would make 0 · ∞. */
function baseSlope(a: Tensor, b: Tensor): Tensor {
  const bothZero = logicalAnd(equal(a, 0), equal(b, 0));
  return mul(b, pow(a, sub(where(bothZero, 1, b), 1)));
}

function safeLog(a: Tensor): Tensor {
  return log(where(greater(a, 0), a, 1));
}
