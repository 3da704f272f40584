// SPDX-License-Identifier: Apache-2.0
import { kernels } from '@tapeloop/core/kernels';
import { type RuleState, ruleTransform } from '../rule.ts';
import type { Slots } from '../slots.ts';
import type { GradientTransform } from '../transform.ts';
import type { AdamNumbers, AdamOptions } from './adam.ts';
import { checkAdamOptions } from './adam-elements.ts';
import { type KernelOperands, kernelSteps } from './kernel-steps.ts';

/** What `adamax` keeps: first moments, and decaying largest sizes of the gradient. */
export type AdamaxState = RuleState<{ readonly m: Slots; readonly u: Slots }>;

/** The moments of one element. */
export interface AdamaxMoments {
  readonly m: number;
  readonly u: number;
}

/**
 * One element's step.
 *
 * ```
 * m ← β₁ · m + (1 − β₁) · g          u ← max(β₂ · u, |g| + ε)
 * update = −α / (1 − β₁ᵗ) · m / u
 * ```
 *
 * @see Kingma and Ba 2015, "Adam: A Method for Stochastic Optimization", algorithm 2.
 */
export function adamaxUpdate(
  g: number,
  before: AdamaxMoments,
  { alpha, beta1, beta2, epsilon, t }: AdamNumbers,
): AdamaxMoments & { readonly update: number } {
  const m = beta1 * before.m + (1 - beta1) * g;
  const u = Math.max(beta2 * before.u, Math.abs(g) + epsilon);
  return { m, u, update: ((-alpha / (1 - beta1 ** t)) * m) / u };
}

/**
 * AdaMax: Adam with the infinity norm; the equation is `adamaxUpdate`'s. The default of
 * `learningRate` is 0.002.
 *
 * ε is added to |g|, as in PyTorch and Optax. The paper has none, Keras adds it to u.
 *
 * @throws ValueError when an option is out of range.
 * @see Kingma and Ba 2015, "Adam: A Method for Stochastic Optimization", algorithm 2.
 */
export function adamax(options: AdamOptions = {}): GradientTransform<AdamaxState> {
  const { learningRate = 2e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  checkAdamOptions('adamax', { learningRate, beta1, beta2, epsilon });
  return ruleTransform({
    name: 'adamax',
    learningRate,
    parts: (make) => ({ m: make.slots('m'), u: make.slots('u') }),
    numbers: (alpha, t): AdamNumbers => ({ alpha, beta1, beta2, epsilon, t }),
    ...kernelSteps('adamax', runKernel),
  });
}

/** `adamaxUpdate` of each element. */
function runKernel(
  { parameter, gradient, out, size, gradientScale, slot }: KernelOperands,
  { m, u }: AdamaxState,
  { alpha, beta1, beta2, epsilon, t }: AdamNumbers,
): void {
  const stepSize = alpha / (1 - beta1 ** t);
  kernels().adamaxUpdate(
    parameter,
    gradient,
    slot(m),
    slot(u),
    out,
    size,
    stepSize,
    beta1,
    beta2,
    epsilon,
    gradientScale,
  );
}
