// SPDX-License-Identifier: Apache-2.0
import { kernels } from '@tapeloop/core/kernels';
import { checkNotNegative } from '../options.ts';
import { type RuleState, ruleTransform } from '../rule.ts';
import type { Slots } from '../slots.ts';
import type { GradientTransform, ScalarCell } from '../transform.ts';
import type { AdamMoments, AdamOptions } from './adam.ts';
import { checkAdamOptions } from './adam-elements.ts';
import { type KernelOperands, kernelSteps } from './kernel-steps.ts';

/** Options of `nadam`. The default of `learningRate` is 0.002. */
export interface NadamOptions extends AdamOptions {
  /** ψ: how fast the momentum rises from β₁/2 to β₁. At least 0. Default 0.004. */
  readonly momentumDecay?: number;
}

/** What `nadam` keeps: Adam's moments, and the product of the momenta so far. */
export type NadamState = RuleState<{
  readonly m: Slots;
  readonly v: Slots;
  readonly muProduct: ScalarCell;
}>;

/** The numbers of one step of `nadam`, by the paper's names. */
export interface NadamNumbers {
  readonly alpha: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** The number of this update, from 1. */
  readonly t: number;
  /** μₜ. */
  readonly mu: number;
  /** μₜ₊₁. */
  readonly muNext: number;
  /** Π μᵢ for i = 1 … t. */
  readonly muProduct: number;
}

/**
 * One element's step: Adam with Nesterov's look ahead.
 *
 * ```
 * μₜ = β₁ · (1 − ½ · 0.96^(t·ψ))
 * m ← β₁ · m + (1 − β₁) · g          v ← β₂ · v + (1 − β₂) · g²
 * m̂ = μₜ₊₁ · m / (1 − Πᵢ₌₁ᵗ⁺¹ μᵢ) + (1 − μₜ) · g / (1 − Πᵢ₌₁ᵗ μᵢ)
 * update = −α · m̂ / (√(v / (1 − β₂ᵗ)) + ε)
 * ```
 *
 * @see Dozat 2016, "Incorporating Nesterov Momentum into Adam", algorithm 2.
 */
export function nadamUpdate(
  g: number,
  before: AdamMoments,
  { alpha, beta1, beta2, epsilon, t, mu, muNext, muProduct }: NadamNumbers,
): AdamMoments & { readonly update: number } {
  const m = beta1 * before.m + (1 - beta1) * g;
  const v = beta2 * before.v + (1 - beta2) * g ** 2;
  const mHat = (muNext * m) / (1 - muProduct * muNext) + ((1 - mu) * g) / (1 - muProduct);
  return { m, v, update: (-alpha * mHat) / (Math.sqrt(v / (1 - beta2 ** t)) + epsilon) };
}

/** The numbers of step t, given the product of the momenta before it. */
export function nadamNumbers(
  { alpha, t, muProduct }: Pick<NadamNumbers, 'alpha' | 't' | 'muProduct'>,
  options: Required<Omit<NadamOptions, 'learningRate'>>,
): NadamNumbers {
  const { beta1, beta2, epsilon, momentumDecay } = options;
  const muAt = (step: number) => beta1 * (1 - 0.5 * 0.96 ** (step * momentumDecay));
  const [mu, muNext] = [muAt(t), muAt(t + 1)];
  return { alpha, beta1, beta2, epsilon, t, mu, muNext, muProduct: muProduct * mu };
}

/**
 * NAdam; the equation is `nadamUpdate`'s, with PyTorch's momentum schedule, which Keras has too with
 * ψ = 1/250. ε is added to √v̂. Optax's `nadam` has no schedule, μₜ = β₁: here a `momentumDecay` so
 * large, 1e6 say, that β₁ is reached at once.
 *
 * @throws ValueError when an option is out of range.
 * @see Dozat 2016, "Incorporating Nesterov Momentum into Adam", algorithm 2.
 */
export function nadam(options: NadamOptions = {}): GradientTransform<NadamState> {
  const { learningRate = 2e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const { momentumDecay = 0.004 } = options;
  checkAdamOptions('nadam', { learningRate, beta1, beta2, epsilon });
  checkNotNegative('nadam', 'momentumDecay', momentumDecay);
  const fixed = { beta1, beta2, epsilon, momentumDecay };
  return ruleTransform({
    name: 'nadam',
    learningRate,
    parts: (make) => ({ m: make.slots('m'), v: make.slots('v'), muProduct: make.number(1) }),
    numbers: (alpha, t, { muProduct }) =>
      nadamNumbers({ alpha, t, muProduct: muProduct.value }, fixed),
    ...kernelSteps('nadam', runKernel),
    advance: (state, { muProduct }) => {
      state.muProduct.value = muProduct;
    },
  });
}

/** `nadamUpdate` of each element. */
function runKernel(
  { parameter, gradient, out, size, gradientScale, slot }: KernelOperands,
  { m, v }: NadamState,
  { alpha, beta1, beta2, epsilon, t, mu, muNext, muProduct }: NadamNumbers,
): void {
  const mStep = (alpha * muNext) / (1 - muProduct * muNext);
  const gStep = (alpha * (1 - mu)) / (1 - muProduct);
  const rootScale = 1 / Math.sqrt(1 - beta2 ** t);
  kernels().nadamUpdate(
    parameter,
    gradient,
    slot(m),
    slot(v),
    out,
    size,
    mStep,
    gStep,
    beta1,
    beta2,
    rootScale,
    epsilon,
    gradientScale,
  );
}
