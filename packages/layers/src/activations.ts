// SPDX-License-Identifier: Apache-2.0
import {
  argumentMessage,
  exp,
  gelu,
  logSoftmax,
  relu,
  sigmoid,
  silu,
  softmax,
  softplus,
  type Tensor,
  tanh,
  ValueError,
} from '@tapeloop/core';
import {
  elu,
  hardSigmoid,
  hardSilu,
  hardTanh,
  leakyRelu,
  logSigmoid,
  mish,
  relu6,
  selu,
  softsign,
} from './activation-functions.ts';

/** An elementwise (or, as softmax, last-axis) function after a layer. */
export type ActivationFunction = (x: Tensor) => Tensor;

/** The activations by name, Keras's names in camel case, with Keras's defaults. */
export const activations = {
  linear: (x: Tensor): Tensor => x,
  relu,
  tanh,
  sigmoid,
  gelu,
  silu,
  softplus,
  softmax,
  elu,
  exponential: exp,
  hardSigmoid,
  hardSilu,
  hardTanh,
  leakyRelu,
  logSigmoid,
  logSoftmax: (x: Tensor): Tensor => logSoftmax(x),
  mish,
  relu6,
  selu,
  softsign,
} as const satisfies Readonly<Record<string, ActivationFunction>>;

/** A name in `activations`. */
export type ActivationName = keyof typeof activations;

/** How a layer's option gives an activation. */
export type ActivationLike = ActivationName | ActivationFunction;

/** The activation that an option means. @throws ValueError for an unknown name. */
export function toActivation(op: string, activation: ActivationLike): ActivationFunction {
  if (typeof activation === 'function') return activation;
  if (Object.hasOwn(activations, activation)) return activations[activation];
  throw new ValueError(
    argumentMessage({
      op,
      argument: 'activation',
      expected: `one of ${Object.keys(activations).join(', ')}`,
      received: activation,
    }),
  );
}

/** An activation's name for a config. @throws ValueError for a function that has none. */
export function savedActivation(op: string, activation: ActivationFunction): string {
  const found = Object.entries(activations).find(([, each]) => each === activation);
  if (found !== undefined) return found[0];
  throw new ValueError(
    `${op}: getConfig: a config cannot hold an activation that is a function of your own. Use one ` +
      'of the named ones, or save the model without its config.',
  );
}
