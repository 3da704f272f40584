// SPDX-License-Identifier: Apache-2.0
import { zerosLike } from '../create.ts';
import type { Tensor } from '../tensor.ts';
import { div, mul } from './arithmetic.ts';
import { fromInput, fromOutput, linear } from './unary-op.ts';

/** The declared op of `neg`. */
export const negOp = linear('neg', (dy) => neg(dy));

/** The declared op of `abs`. */
export const absOp = fromInput('abs', (dy, x) => mul(dy, sign(x)));

/** The declared op of `sign`. */
export const signOp = linear('sign', (dy) => zerosLike(dy));

/** The declared op of `square`. */
export const squareOp = fromInput('square', (dy, x) => mul(dy, mul(x, 2)));

/** The declared op of `sqrt`. */
export const sqrtOp = fromOutput('sqrt', (dy, y) => div(mul(dy, 0.5), y));

/** The declared op of `rsqrt`. d(x^−½)/dx = −½·y³ */
export const rsqrtOp = fromOutput('rsqrt', (dy, y) => mul(mul(dy, -0.5), mul(y, square(y))));

/**
 * −x, elementwise.
 *
 * @param x float32 or int32.
 */
export function neg(x: Tensor): Tensor {
  return negOp([x]);
}

/**
 * |x|, elementwise. Its gradient at 0 is 0.
 *
 * @param x float32 or int32.
 */
export function abs(x: Tensor): Tensor {
  return absOp([x]);
}

/**
 * −1, 0 or 1 as x is negative, zero or positive; NaN for NaN. Its gradient is 0 everywhere.
 *
 * @param x float32 or int32.
 */
export function sign(x: Tensor): Tensor {
  return signOp([x]);
}

/**
 * x², elementwise.
 *
 * @param x float32 or int32.
 */
export function square(x: Tensor): Tensor {
  return squareOp([x]);
}

/** √x, elementwise: NaN below 0. Its gradient at 0 is Infinity. */
export function sqrt(x: Tensor): Tensor {
  return sqrtOp([x]);
}

/** 1/√x, elementwise: Infinity at 0, NaN below. */
export function rsqrt(x: Tensor): Tensor {
  return rsqrtOp([x]);
}
