// SPDX-License-Identifier: Apache-2.0
import { kernels, rmspropStep } from '@tapeloop/core/kernels';
import { checkFraction, checkPositive } from '../options.ts';
import { type RuleState, ruleTransform } from '../rule.ts';
import { checkRate, type Schedule } from '../schedules/schedule.ts';
import type { Slots } from '../slots.ts';
import type { GradientTransform } from '../transform.ts';
import { type KernelOperands, kernelSteps } from './kernel-steps.ts';

/** Options of `rmsprop`. */
export interface RmspropOptions {
  /** α: a number, or a function of the step. At least 0. Default 0.001. */
  readonly learningRate?: number | Schedule;
  /** ρ: decay of the averages, in [0, 1). Default 0.9 as in Keras (PyTorch 0.99). */
  readonly rho?: number;
  /** μ: in [0, 1). Default 0. */
  readonly momentum?: number;
  /** ε, added to the root. More than 0. Default 1e-8. */
  readonly epsilon?: number;
  /** Divides by the standard deviation of the gradient instead of its root mean square. */
  readonly centered?: boolean;
}

/**
 * What `rmsprop` keeps: `v` is the average of g², or with `centered` the variance; `mean` is there
 * with `centered` and `momentum` with a momentum, else they are empty.
 */
export type RmspropState = RuleState<{
  readonly v: Slots;
  readonly mean: Slots;
  readonly momentum: Slots;
}>;

/** What is kept of one element. */
export interface RmspropMoments {
  readonly v: number;
  readonly mean: number;
  readonly b: number;
}

/** The numbers of one step of `rmsprop`. */
export interface RmspropNumbers {
  readonly alpha: number;
  readonly rho: number;
  readonly mu: number;
  readonly epsilon: number;
  readonly centered: boolean;
}

/**
 * One element's step.
 *
 * ```
 * v ← ρ · v + (1 − ρ) · g²                       or centered:
 *                                                v ← ρ · v + ρ (1 − ρ) · (g − mean)²
 *                                                mean ← ρ · mean + (1 − ρ) · g
 * b ← μ · b + g / (√v + ε)
 * update = −α · b
 * ```
 *
 * @see Hinton 2012, "Neural Networks for Machine Learning", lecture 6e; centered: Graves 2013,
 *   "Generating Sequences With Recurrent Neural Networks", equations 38 to 41.
 */
export function rmspropUpdate(
  g: number,
  before: RmspropMoments,
  { alpha, rho, mu, epsilon, centered }: RmspropNumbers,
): RmspropMoments & { readonly update: number } {
  const v = centered
    ? rho * before.v + rho * (1 - rho) * (g - before.mean) ** 2
    : rho * before.v + (1 - rho) * g ** 2;
  const mean = centered ? rho * before.mean + (1 - rho) * g : 0;
  const b = mu * before.b + g / (Math.sqrt(v) + epsilon);
  return { v, mean, b, update: -alpha * b };
}

/**
 * RMSprop; the equation is `rmspropUpdate`'s.
 *
 * ε is added to the root, as in PyTorch; TensorFlow and Keras add it below the root, Optax does unless
 * `eps_in_sqrt=False`. The learning rate is outside of `b`, as in PyTorch; the others keep −α·b, which is
 * equal while the rate is constant. The centered form keeps the variance itself, by its own recurrence:
 * equal to the usual `average of g² − mean²`, but without the cancellation that lets that one turn
 * negative, and NaN, in float32.
 *
 * @throws ValueError when an option is out of range.
 * @see Hinton 2012, "Neural Networks for Machine Learning", lecture 6e.
 */
export function rmsprop(options: RmspropOptions = {}): GradientTransform<RmspropState> {
  const { learningRate = 1e-3, rho = 0.9, momentum = 0, epsilon = 1e-8 } = options;
  const { centered = false } = options;
  checkRate('rmsprop', 'learningRate', learningRate);
  checkFraction('rmsprop', 'rho', rho);
  checkFraction('rmsprop', 'momentum', momentum);
  checkPositive('rmsprop', 'epsilon', epsilon);
  const when = (needed: boolean) => (needed ? {} : { shape: () => undefined });
  return ruleTransform({
    name: 'rmsprop',
    learningRate,
    parts: (make) => ({
      v: make.slots('v'),
      mean: make.slots('mean', when(centered)),
      momentum: make.slots('momentum', when(momentum > 0)),
    }),
    numbers: (alpha): RmspropNumbers => ({ alpha, rho, mu: momentum, epsilon, centered }),
    ...kernelSteps('rmsprop', runKernel),
  });
}

/** `rmspropUpdate` of each element. */
function runKernel(
  { slot, gradientScale, ...buffers }: KernelOperands,
  { v, mean, momentum }: RmspropState,
  { alpha, rho, mu, epsilon, centered }: RmspropNumbers,
): void {
  const kept = {
    variance: slot(v),
    ...(centered && { mean: slot(mean) }),
    ...(mu > 0 && { velocity: slot(momentum) }),
  };
  const numbers = { learningRate: alpha, rho, momentum: mu, epsilon, gradientScale };
  rmspropStep(kernels(), { ...buffers, ...kept }, numbers);
}
