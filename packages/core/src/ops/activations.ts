// SPDX-License-Identifier: Apache-2.0
import { defineOp } from '../op.ts';
import type { Tensor } from '../tensor.ts';
import { add, mul, sub } from './arithmetic.ts';
import { greater } from './compare.ts';
import { unary } from './elementwise.ts';
import { erf, exp } from './exponential.ts';
import { activationGradient } from './fused-gradient.ts';
import { square } from './unary.ts';
import { fromInput, fromOutput } from './unary-op.ts';
import { where } from './where.ts';

/** Which form of gelu is computed. */
export interface GeluOptions {
  /** Use the form with tanh, as GPT-2 does, in place of the exact one with erf. Default false. */
  readonly approximate?: boolean;
}

/** The declared op of `tanh`. */
export const tanhOp = fromOutput('tanh', (dy, y) =>
  activationGradient('tanhGrad', y, dy, () => mul(dy, sub(1, square(y)))),
);

/** The declared op of `sigmoid`. */
export const sigmoidOp = fromOutput('sigmoid', (dy, y) =>
  activationGradient('sigmoidGrad', y, dy, () => mul(dy, mul(y, sub(1, y)))),
);

/** The declared op of `relu`. */
export const reluOp = fromOutput('relu', (dy, y) =>
  activationGradient('reluGrad', y, dy, () => where(greater(y, 0), dy, 0)),
);

/** The declared op of `softplus`. */
export const softplusOp = fromInput('softplus', (dy, x) =>
  activationGradient('softplusGrad', x, dy, () => mul(dy, sigmoid(x))),
);

/** The declared op of `silu`. */
export const siluOp = fromInput('silu', (dy, x) =>
  activationGradient('siluGrad', x, dy, () => mul(dy, siluSlope(x))),
);

/** The declared op of `gelu`. */
export const geluOp = defineOp({
  name: 'gelu',
  forward: ([x]: readonly [Tensor], { approximate }: Required<GeluOptions>) =>
    unary(approximate ? 'geluTanh' : 'geluErf', x, 'gelu'),
  save: ([x]) => [x],
  gradient: (dy, { saved: [x], attrs: { approximate } }) => [
    () =>
      approximate
        ? activationGradient('geluTanhGrad', x, dy, () => mul(dy, geluTanhSlope(x)))
        : activationGradient('geluErfGrad', x, dy, () => mul(dy, geluErfSlope(x))),
  ],
});

/** The hyperbolic tangent, elementwise; in [−1, 1]. */
export function tanh(x: Tensor): Tensor {
  return tanhOp([x]);
}

/** 1 / (1 + e⁻ˣ), elementwise; in [0, 1]. */
export function sigmoid(x: Tensor): Tensor {
  return sigmoidOp([x]);
}

/** max(x, 0), elementwise. Its gradient at 0 is 0. */
export function relu(x: Tensor): Tensor {
  return reluOp([x]);
}

/** log(1 + eˣ), elementwise, without overflow: x itself for large x. */
export function softplus(x: Tensor): Tensor {
  return softplusOp([x]);
}

/**
 * x · sigmoid(x), elementwise, also called swish.
 *
 * @see Elfwing, Uchibe and Doya 2018, "Sigmoid-Weighted Linear Units for Neural Network Function
 *   Approximation in Reinforcement Learning".
 */
export function silu(x: Tensor): Tensor {
  return siluOp([x]);
}

/**
 * The Gaussian error linear unit x · Φ(x) = x/2 · (1 + erf(x/√2)), elementwise, or with
 * `approximate` x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))).
 *
 * The exact form is the default, as in PyTorch; Keras defaults to the approximate one.
 *
 * @see Hendrycks and Gimpel 2016, "Gaussian Error Linear Units (GELUs)", section 2.
 */
export function gelu(x: Tensor, { approximate = false }: GeluOptions = {}): Tensor {
  return geluOp([x], { approximate });
}

/** s · (1 + x · (1 − s)), s = sigmoid(x). */
function siluSlope(x: Tensor): Tensor {
  const s = sigmoid(x);
  return mul(s, add(1, mul(x, sub(1, s))));
}

/** Φ(x) + x · φ(x), Φ and φ the normal distribution and its density. */
function geluErfSlope(x: Tensor): Tensor {
  const distribution = mul(add(1, erf(mul(x, Math.SQRT1_2))), 0.5);
  const density = mul(exp(mul(square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return add(distribution, mul(x, density));
}

/** s · (1 + x · (1 − s) · u'), s = sigmoid(u), u = 2√(2/π) · (x + 0.044715 x³). */
function geluTanhSlope(x: Tensor): Tensor {
  const scale = 2 * Math.sqrt(2 / Math.PI);
  const x2 = square(x);
  const s = sigmoid(mul(x, add(scale, mul(x2, scale * 0.044715))));
  const uSlope = add(scale, mul(x2, scale * 3 * 0.044715));
  return mul(s, add(1, mul(mul(x, sub(1, s)), uSlope)));
}
