// SPDX-License-Identifier: Apache-2.0
import { type RuleState, ruleTransform } from '../rule.ts';
import { elementsOf, type Slots, slotElements, type UpdatePart } from '../slots.ts';
import type { GradientTransform } from '../transform.ts';
import type { AdamNumbers, AdamOptions } from './adam.ts';
import { checkAdamOptions } from './adam-elements.ts';

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
    fill,
  });
}

/** `adamaxUpdate` of each element. */
function fill(
  { parameter, gradient, update }: UpdatePart,
  slots: AdamaxState,
  { alpha, beta1, beta2, epsilon, t }: AdamNumbers,
): void {
  const [out, gs] = [elementsOf('adamax', update), elementsOf('adamax', gradient)];
  const m = slotElements('adamax', slots.m, parameter);
  const u = slotElements('adamax', slots.u, parameter);
  const scale = -alpha / (1 - beta1 ** t);
  for (let i = 0; i < out.length; i++) {
    const g = gs[i] ?? 0;
    const mNext = beta1 * (m[i] ?? 0) + (1 - beta1) * g;
    const uNext = Math.max(beta2 * (u[i] ?? 0), Math.abs(g) + epsilon);
    m[i] = mNext;
    u[i] = uNext;
    out[i] = (scale * mNext) / uNext;
  }
}
