// SPDX-License-Identifier: Apache-2.0
import { kernels } from '@tapeloop/core/kernels';
import { checkFraction, checkNotNegative, type ParameterFilter } from '../options.ts';
import { type RuleState, ruleTransform } from '../rule.ts';
import { checkRate, type Schedule } from '../schedules/schedule.ts';
import type { Slots } from '../slots.ts';
import type { GradientTransform } from '../transform.ts';
import { decayedKernelSteps, type KernelOperands } from './kernel-steps.ts';

/** Options of `lion`. */
export interface LionOptions {
  /** α: a number, or a function of the step. At least 0. Default 1e-4: three to ten times below Adam's. */
  readonly learningRate?: number | Schedule;
  /** β₁: how much of the direction is the momentum, in [0, 1). Default 0.9. */
  readonly beta1?: number;
  /** β₂: decay of the momentum, in [0, 1). Default 0.99. */
  readonly beta2?: number;
  /** λ: decoupled weight decay, as a part of the learning rate. At least 0. Default 0. */
  readonly weightDecay?: number;
  /** Which parameters decay. Default: all. */
  readonly mask?: ParameterFilter;
}

/** What `lion` keeps: the momentum. */
export type LionState = RuleState<{ readonly m: Slots }>;

/** The numbers of one step of `lion`, by the paper's names. */
export interface LionNumbers {
  readonly alpha: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly lambda: number;
}

/**
 * One element's step, of parameter `p`.
 *
 * ```
 * c = β₁ · m + (1 − β₁) · g
 * m ← β₂ · m + (1 − β₂) · g
 * update = −α · (sign(c) + λ · p)
 * ```
 *
 * @see Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms", algorithm 2.
 */
export function lionUpdate(
  p: number,
  g: number,
  m: number,
  { alpha, beta1, beta2, lambda }: LionNumbers,
): { readonly m: number; readonly update: number } {
  const c = beta1 * m + (1 - beta1) * g;
  return { m: beta2 * m + (1 - beta2) * g, update: -alpha * (Math.sign(c) + lambda * p) };
}

/**
 * Lion: the sign of an interpolated momentum; the equation is `lionUpdate`'s, as in Optax and Keras.
 * PyTorch has none. There is no ε, and the sign of 0 is 0. Where c is nearly 0, rounding decides its
 * sign, and so a step of 2α.
 *
 * @throws ValueError when an option is out of range.
 * @see Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms", algorithm 2.
 */
export function lion(options: LionOptions = {}): GradientTransform<LionState> {
  const { learningRate = 1e-4, beta1 = 0.9, beta2 = 0.99, weightDecay = 0 } = options;
  const { mask = () => true } = options;
  checkRate('lion', 'learningRate', learningRate);
  checkFraction('lion', 'beta1', beta1);
  checkFraction('lion', 'beta2', beta2);
  checkNotNegative('lion', 'weightDecay', weightDecay);
  return ruleTransform({
    name: 'lion',
    learningRate,
    parts: (make) => ({ m: make.slots('m') }),
    numbers: (alpha): LionNumbers => ({ alpha, beta1, beta2, lambda: weightDecay }),
    ...decayedKernelSteps('lion', mask, runKernel),
  });
}

/** `lionUpdate` of each element. */
function runKernel(
  { parameter, gradient, out, size, gradientScale, slot }: KernelOperands,
  { m }: LionState,
  { alpha, beta1, beta2, lambda }: LionNumbers,
): void {
  kernels().lionUpdate(
    parameter,
    gradient,
    slot(m),
    out,
    size,
    alpha,
    beta1,
    beta2,
    alpha * lambda,
    gradientScale,
  );
}
