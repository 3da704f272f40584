// SPDX-License-Identifier: Apache-2.0
import { checkFraction, checkNotNegative, type ParameterFilter } from '../options.ts';
import { type RuleState, ruleTransform } from '../rule.ts';
import { checkRate, type Schedule } from '../schedules/schedule.ts';
import { elementsOf, type Slots, slotElements, type UpdatePart } from '../slots.ts';
import type { GradientTransform } from '../transform.ts';

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
 * Lion: the sign of an interpolated momentum; the equation is `lionUpdate`'s. There is no ε, and the
 * sign of 0 is 0. Where c is nearly 0, rounding decides its sign, and so a step of 2α.
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
    fill: (part, slots, numbers) => {
      const lambda = mask(part.parameter) ? weightDecay : 0;
      fill(part, slots, { ...numbers, lambda });
    },
  });
}

/** `lionUpdate` of each element. */
function fill(
  { parameter, gradient, update }: UpdatePart,
  slots: LionState,
  { alpha, beta1, beta2, lambda }: LionNumbers,
): void {
  const [out, gs] = [elementsOf('lion', update), elementsOf('lion', gradient)];
  const ps = elementsOf('lion', parameter.value);
  const m = slotElements('lion', slots.m, parameter);
  for (let i = 0; i < out.length; i++) {
    const [g, before] = [gs[i] ?? 0, m[i] ?? 0];
    const c = beta1 * before + (1 - beta1) * g;
    m[i] = beta2 * before + (1 - beta2) * g;
    out[i] = -alpha * (Math.sign(c) + lambda * (ps[i] ?? 0));
  }
}
