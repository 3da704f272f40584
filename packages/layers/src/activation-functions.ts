// SPDX-License-Identifier: Apache-2.0
import {
  abs,
  add,
  clip,
  div,
  exp,
  greater,
  maximum,
  minimum,
  mul,
  neg,
  relu,
  softplus,
  sub,
  type Tensor,
  tanh,
  where,
} from '@tapeloop/core';

/** The constants α and λ of SELU, which keep mean 0 and variance 1. @see Klambauer et al. 2017, "Self-Normalizing Neural Networks". */
export const SELU_ALPHA = 1.6732632423543772;
export const SELU_SCALE = 1.0507009873554805;

/** Keras's slope below 0. */
const LEAKY_SLOPE = 0.2;

/** `x` above 0, else `eˣ − 1`. @see Clevert et al. 2016, "Fast and Accurate Deep Network Learning by Exponential Linear Units". */
export function elu(x: Tensor): Tensor {
  // Clipped first: e^x of a large x would be Infinity, whose gradient is NaN though it is not chosen.
  return where(greater(x, 0), x, sub(exp(minimum(x, 0)), 1));
}

/** `1.0507 · x` above 0, else `1.0507 · 1.6733 · (eˣ − 1)`. */
export function selu(x: Tensor): Tensor {
  const below = mul(sub(exp(minimum(x, 0)), 1), SELU_ALPHA);
  return mul(where(greater(x, 0), x, below), SELU_SCALE);
}

/** `relu6(x + 3) / 6`, Keras 3's piecewise linear sigmoid (Keras 2: `clip(0.2x + 0.5)`). */
export function hardSigmoid(x: Tensor): Tensor {
  return div(relu6(add(x, 3)), 6);
}

/** `x · hardSigmoid(x)`, also known as hard swish. @see Howard et al. 2019, "Searching for MobileNetV3". */
export function hardSilu(x: Tensor): Tensor {
  return mul(x, hardSigmoid(x));
}

/** `x` clipped to [-1, 1]. */
export function hardTanh(x: Tensor): Tensor {
  return clip(x, -1, 1);
}

/** `x` above 0, else `0.2 · x`, as Keras (PyTorch: 0.01). */
export function leakyRelu(x: Tensor): Tensor {
  return maximum(x, mul(x, LEAKY_SLOPE));
}

/** `log σ(x) = −softplus(−x)`. */
export function logSigmoid(x: Tensor): Tensor {
  return neg(softplus(neg(x)));
}

/** `x · tanh(softplus(x))`. @see Misra 2019, "Mish: A Self Regularized Non-Monotonic Activation Function". */
export function mish(x: Tensor): Tensor {
  return mul(x, tanh(softplus(x)));
}

/** `relu(x)`, at most 6. */
export function relu6(x: Tensor): Tensor {
  return minimum(relu(x), 6);
}

/** `x / (1 + |x|)`. */
export function softsign(x: Tensor): Tensor {
  return div(x, add(abs(x), 1));
}
