// SPDX-License-Identifier: Apache-2.0
import { type RuleState, ruleTransform } from '../rule.ts';
import type { Schedule } from '../schedules/schedule.ts';
import type { Slots } from '../slots.ts';
import type { GradientTransform } from '../transform.ts';
import { checkAdamOptions, type DecayedAdamNumbers, runAdamKernel } from './adam-elements.ts';
import { kernelSteps } from './kernel-steps.ts';

/** Options of `adam`. */
export interface AdamOptions {
  /** α: a number, or a function of the step. At least 0. Default 0.001. */
  readonly learningRate?: number | Schedule;
  /** β₁: decay of the first moment, in [0, 1). Default 0.9. */
  readonly beta1?: number;
  /** β₂: decay of the second moment, in [0, 1). Default 0.999. */
  readonly beta2?: number;
  /** ε, added to √v̂. More than 0. Default 1e-8 (Keras 1e-7). */
  readonly epsilon?: number;
}

/** What `adam` keeps: first and second moments. */
export type AdamState = RuleState<{ readonly m: Slots; readonly v: Slots }>;

/** The moments of one element. */
export interface AdamMoments {
  readonly m: number;
  readonly v: number;
}

/** The numbers of one step of `adam`, by the paper's names. */
export interface AdamNumbers {
  readonly alpha: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** The number of this update, from 1. */
  readonly t: number;
}

/**
 * One element's step: its new moments, and what is added to the parameter.
 *
 * ```
 * m ← β₁ · m + (1 − β₁) · g          m̂ = m / (1 − β₁ᵗ)
 * v ← β₂ · v + (1 − β₂) · g²         v̂ = v / (1 − β₂ᵗ)
 * update = −α · m̂ / (√v̂ + ε)
 * ```
 *
 * @see Kingma and Ba 2015, "Adam: A Method for Stochastic Optimization", algorithm 1.
 */
export function adamUpdate(
  g: number,
  before: AdamMoments,
  { alpha, beta1, beta2, epsilon, t }: AdamNumbers,
): AdamMoments & { readonly update: number } {
  const m = beta1 * before.m + (1 - beta1) * g;
  const v = beta2 * before.v + (1 - beta2) * g ** 2;
  const mHat = m / (1 - beta1 ** t);
  const vHat = v / (1 - beta2 ** t);
  return { m, v, update: (-alpha * mHat) / (Math.sqrt(vHat) + epsilon) };
}

/**
 * Adam; the equation is `adamUpdate`'s.
 *
 * ε is added to √v̂, as in the paper's algorithm 1 and in PyTorch. TensorFlow and Keras add theirs to
 * √v (the paper's "ε̂"), which is larger in effect during the first steps. t counts the rule's updates,
 * as in Keras; PyTorch counts for each parameter, which differs for one that was frozen for a while.
 *
 * For L2 regularization put `weightDecay` before it; `adamw` decays apart from the gradient.
 *
 * @throws ValueError when an option is out of range.
 * @see Kingma and Ba 2015, "Adam: A Method for Stochastic Optimization", algorithm 1.
 */
export function adam(options: AdamOptions = {}): GradientTransform<AdamState> {
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  checkAdamOptions('adam', { learningRate, beta1, beta2, epsilon });
  return ruleTransform({
    name: 'adam',
    learningRate,
    parts: (make) => ({ m: make.slots('m'), v: make.slots('v') }),
    numbers: (alpha, t): DecayedAdamNumbers => ({ alpha, beta1, beta2, epsilon, t, lambda: 0 }),
    ...kernelSteps('adam', runAdamKernel),
  });
}
