// SPDX-License-Identifier: Apache-2.0
import { kernels, rmspropStep, type UpdateBuffers } from '@tapeloop/core/kernels';
import { type FusedPart, parameterBuffers, updateBuffers } from '../fused.ts';
import { checkFraction, checkPositive } from '../options.ts';
import { type RuleState, ruleTransform } from '../rule.ts';
import { checkRate, type Schedule } from '../schedules/schedule.ts';
import { elementsOf, type Slots, slotElements, slotOf, type UpdatePart } from '../slots.ts';
import type { GradientTransform } from '../transform.ts';

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
 * ε is added to the root, as in PyTorch; TensorFlow adds it below the root. The centered form keeps
 * the variance itself, by its own recurrence: equal to the usual `average of g² − mean²`, but without
 * the cancellation that lets that one turn negative, and NaN, in float32.
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
  const run = (buffers: UpdateBuffers, part: FusedPart, slots: RmspropState, alpha: number) => {
    const { parameter, gradientScale } = part;
    const square = slotOf('rmsprop', slots.v, parameter).pointer;
    const kept = momentum === 0 ? undefined : slotOf('rmsprop', slots.momentum, parameter);
    const velocity = kept === undefined ? {} : { velocity: kept.pointer };
    const numbers = { learningRate: alpha, rho, epsilon, momentum, gradientScale };
    rmspropStep(kernels(), { ...buffers, square, ...velocity }, numbers);
  };
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
    ...(centered
      ? { fill: fillCentered }
      : {
          fill: (part, slots, { alpha }) =>
            run(updateBuffers('rmsprop', part), { ...part, gradientScale: 1 }, slots, alpha),
          addTo: (part, slots, { alpha }) =>
            run(parameterBuffers('rmsprop', part), part, slots, alpha),
        }),
  });
}

/** The centered `rmspropUpdate` of each element. */
function fillCentered(
  { parameter, gradient, update }: UpdatePart,
  slots: RmspropState,
  { alpha, rho, mu, epsilon }: RmspropNumbers,
): void {
  const [out, gs] = [elementsOf('rmsprop', update), elementsOf('rmsprop', gradient)];
  const v = slotElements('rmsprop', slots.v, parameter);
  const mean = slotElements('rmsprop', slots.mean, parameter);
  const b = mu === 0 ? undefined : slotElements('rmsprop', slots.momentum, parameter);
  for (let i = 0; i < out.length; i++) {
    const [g, before] = [gs[i] ?? 0, mean[i] ?? 0];
    const away = g - before;
    const variance = rho * (v[i] ?? 0) + rho * (1 - rho) * away * away;
    v[i] = variance;
    mean[i] = rho * before + (1 - rho) * g;
    const step = g / (Math.sqrt(variance) + epsilon);
    const next = b === undefined ? step : mu * (b[i] ?? 0) + step;
    if (b !== undefined) b[i] = next;
    out[i] = -alpha * next;
  }
}
