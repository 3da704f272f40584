// SPDX-License-Identifier: Apache-2.0
import { kernels } from '@tapeloop/core/kernels';
import { checkNotNegative, checkPositive } from '../options.ts';
import { type RuleState, ruleTransform } from '../rule.ts';
import { checkRate, type Schedule } from '../schedules/schedule.ts';
import type { Slots } from '../slots.ts';
import type { GradientTransform } from '../transform.ts';
import { type KernelOperands, kernelSteps } from './kernel-steps.ts';

/** Options of `adagrad`. */
export interface AdagradOptions {
  /** α: a number, or a function of the step. At least 0. Default 0.01. */
  readonly learningRate?: number | Schedule;
  /** What the sum of squares starts at. At least 0. Default 0 as in PyTorch (Keras 0.1). */
  readonly initialAccumulator?: number;
  /** ε, added to the root. More than 0. Default 1e-10. */
  readonly epsilon?: number;
}

/** What `adagrad` keeps: sums of squared gradients. */
export type AdagradState = RuleState<{ readonly sum: Slots }>;

/** The numbers of one step of `adagrad`. */
export interface AdagradNumbers {
  readonly alpha: number;
  readonly epsilon: number;
}

/**
 * One element's step.
 *
 * ```
 * s ← s + g²
 * update = −α · g / (√s + ε)
 * ```
 *
 * @see Duchi, Hazan and Singer 2011, "Adaptive Subgradient Methods", figure 1, diagonal.
 */
export function adagradUpdate(
  g: number,
  s: number,
  { alpha, epsilon }: AdagradNumbers,
): { readonly s: number; readonly update: number } {
  const next = s + g ** 2;
  return { s: next, update: (-alpha * g) / (Math.sqrt(next) + epsilon) };
}

/**
 * Adagrad; the equation is `adagradUpdate`'s. ε is added to the root, as in PyTorch. Keras and Optax add
 * it below the root, where it is a part of the first sum: their `a` and ε are an `initialAccumulator` of
 * `a + ε` with an `epsilon` of 1e-30. PyTorch's `lr_decay` is a schedule here:
 * `(s) => lr / (1 + s * decay)`.
 *
 * It works on slices as they are, with the bits of dense gradients.
 *
 * @throws ValueError when an option is out of range.
 * @see Duchi, Hazan and Singer 2011, "Adaptive Subgradient Methods", figure 1, diagonal.
 */
export function adagrad(options: AdagradOptions = {}): GradientTransform<AdagradState> {
  const { learningRate = 0.01, initialAccumulator = 0, epsilon = 1e-10 } = options;
  checkRate('adagrad', 'learningRate', learningRate);
  checkNotNegative('adagrad', 'initialAccumulator', initialAccumulator);
  checkPositive('adagrad', 'epsilon', epsilon);
  return ruleTransform({
    name: 'adagrad',
    learningRate,
    parts: (make) => ({ sum: make.slots('sum', { initial: initialAccumulator }) }),
    numbers: (alpha): AdagradNumbers => ({ alpha, epsilon }),
    ...kernelSteps('adagrad', runKernel),
    rows: (state, take) => ({ ...state, sum: take(state.sum) }),
  });
}

/** `adagradUpdate` of each element. */
function runKernel(
  { parameter, gradient, out, size, gradientScale, slot }: KernelOperands,
  { sum }: AdagradState,
  { alpha, epsilon }: AdagradNumbers,
): void {
  kernels().adagradUpdate(parameter, gradient, slot(sum), out, size, alpha, epsilon, gradientScale);
}
