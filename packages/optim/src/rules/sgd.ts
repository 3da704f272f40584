// SPDX-License-Identifier: Apache-2.0
import { kernels, momentumStep } from '@tapeloop/core/kernels';
import { check, checkFraction } from '../options.ts';
import { type RuleState, ruleTransform } from '../rule.ts';
import { checkRate, type Schedule } from '../schedules/schedule.ts';
import type { Slots } from '../slots.ts';
import type { GradientTransform } from '../transform.ts';
import { type KernelOperands, kernelSteps } from './kernel-steps.ts';

/** Options of `sgd`. */
export interface SgdOptions {
  /** α: a number, or a function of the step. At least 0. */
  readonly learningRate: number | Schedule;
  /** μ: the part of the last step's direction that is kept, in [0, 1). Default 0: none, no memory. */
  readonly momentum?: number;
  /** Looks ahead along the new direction. Needs a momentum. Default false. */
  readonly nesterov?: boolean;
}

/** What `sgd` keeps: `momentum` is b, and empty without one. */
export type SgdState = RuleState<{ readonly momentum: Slots }>;

/** The numbers of one step of `sgd`. */
export interface SgdNumbers {
  readonly alpha: number;
  readonly mu: number;
  readonly nesterov: boolean;
}

/**
 * One element's step: the new direction `b`, and what is added to the parameter.
 *
 * ```
 * b ← μ · b + g
 * update = −α · b              or with nesterov   −α · (g + μ · b)
 * ```
 */
export function sgdUpdate(
  g: number,
  b: number,
  { alpha, mu, nesterov }: SgdNumbers,
): { readonly b: number; readonly update: number } {
  const next = mu * b + g;
  return { b: next, update: -alpha * (nesterov ? g + mu * next : next) };
}

/**
 * Stochastic gradient descent, with momentum where asked; the equation is `sgdUpdate`'s.
 *
 * The momentum has PyTorch's form, without dampening: the learning rate is outside of `b`, so that a
 * schedule acts at once. Keras keeps `−α·b`, as the paper does: equal while the rate is constant.
 *
 * Without momentum it works on slices as they are, with the bits of dense gradients. With momentum,
 * which goes on moving every row, slices are made dense.
 *
 * @throws ValueError when an option is out of range, or `nesterov` comes without a momentum.
 * @see Sutskever et al. 2013, "On the importance of initialization and momentum in deep learning".
 */
export function sgd(options: SgdOptions): GradientTransform<SgdState> {
  const { learningRate, momentum = 0, nesterov = false } = options;
  checkRate('sgd', 'learningRate', learningRate);
  checkFraction('sgd', 'momentum', momentum);
  check('sgd', 'momentum', momentum, !nesterov || momentum > 0, 'above 0 with nesterov');
  const none = () => undefined;
  return ruleTransform({
    name: 'sgd',
    learningRate,
    parts: (make) => ({ momentum: make.slots('momentum', momentum === 0 ? { shape: none } : {}) }),
    numbers: (alpha): SgdNumbers => ({ alpha, mu: momentum, nesterov }),
    ...kernelSteps('sgd', runKernel),
    ...(momentum === 0 && { rows: (state: SgdState) => state }),
  });
}

/** `sgdUpdate` of each element. */
function runKernel(
  { gradientScale, slot, ...buffers }: KernelOperands,
  { momentum }: SgdState,
  { alpha, mu, nesterov }: SgdNumbers,
): void {
  const velocity = mu === 0 ? 0 : slot(momentum);
  const numbers = { learningRate: alpha, momentum: mu, nesterov, gradientScale };
  momentumStep(kernels(), { ...buffers, velocity }, numbers);
}
