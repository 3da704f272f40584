// SPDX-License-Identifier: Apache-2.0
import type { Tensor } from '../tensor.ts';
import { add, div, mul } from './arithmetic.ts';
import { neg, square } from './unary.ts';
import { fromInput, fromOutput } from './unary-op.ts';

/** The declared op of `exp`. */
export const expOp = fromOutput('exp', (dy, y) => mul(dy, y));

/** The declared op of `log`. */
export const logOp = fromInput('log', (dy, x) => div(dy, x));

/** The declared op of `log1p`. */
export const log1pOp = fromInput('log1p', (dy, x) => div(dy, add(x, 1)));

/** The declared op of `erf`. d(erf x)/dx = 2/√π · exp(−x²) */
export const erfOp = fromInput('erf', (dy, x) =>
  mul(dy, mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI))),
);

/** eˣ, elementwise: Infinity above 88.72. */
export function exp(x: Tensor): Tensor {
  return expOp([x]);
}

/** The natural logarithm, elementwise: −Infinity at 0, NaN below. */
export function log(x: Tensor): Tensor {
  return logOp([x]);
}

/** log(1 + x), elementwise, accurate near 0: −Infinity at −1, NaN below. */
export function log1p(x: Tensor): Tensor {
  return log1pOp([x]);
}

/** The error function 2/√π · ∫₀ˣ exp(−t²) dt, elementwise. */
export function erf(x: Tensor): Tensor {
  return erfOp([x]);
}
