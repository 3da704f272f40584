// SPDX-License-Identifier: Apache-2.0
import { ruleTransform } from '../rule.ts';
import type { GradientTransform } from '../transform.ts';
import type { AdamMoments, AdamNumbers, AdamOptions, AdamState } from './adam.ts';
import { checkAdamOptions, type DecayedAdamNumbers, runAdamKernel } from './adam-elements.ts';
import { kernelSteps } from './kernel-steps.ts';

/**
 * One element's step, for a row that has a gradient: its new moments, and what is added to the
 * parameter.
 *
 * ```
 * m ← β₁ · m + (1 − β₁) · g
 * v ← β₂ · v + (1 − β₂) · g²
 * update = −α · √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε)
 * ```
 *
 * @see Kingma and Ba 2015, "Adam: A Method for Stochastic Optimization", end of section 2, whose ε̂
 *   this ε is.
 */
export function sparseAdamUpdate(
  g: number,
  before: AdamMoments,
  { alpha, beta1, beta2, epsilon, t }: AdamNumbers,
): AdamMoments & { readonly update: number } {
  const m = beta1 * before.m + (1 - beta1) * g;
  const v = beta2 * before.v + (1 - beta2) * g ** 2;
  const stepSize = (alpha * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t);
  return { m, v, update: (-stepSize * m) / (Math.sqrt(v) + epsilon) };
}

/**
 * Adam for the tables of embeddings: of a gradient that comes as slices only the rows that it has are
 * moved, moments and all; the equation is `sparseAdamUpdate`'s. A step costs those rows.
 *
 * It is not `adam`: moments of the other rows do not decay, and their parameters stand still, where
 * `adam` moves them on by their momentum. t counts all steps, not those of a row. ε is added to √v,
 * before the correction. A dense gradient has every row, where PyTorch refuses it: one rule serves a
 * model whose other parameters are dense. A table that is used outside of `gather` too, as a tied one
 * is, has a dense gradient.
 *
 * @throws ValueError when an option is out of range.
 * @see PyTorch's `torch.optim.SparseAdam`; TensorFlow Addons' `LazyAdam`.
 *
 * @example
 * const table = new Embedding(100_000, 256, { sparseGradient: true });
 * const optimizer = new Optimizer(table.parameters(), sparseAdam({ learningRate: 1e-3 }));
 */
export function sparseAdam(options: AdamOptions = {}): GradientTransform<AdamState> {
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  checkAdamOptions('sparseAdam', { learningRate, beta1, beta2, epsilon });
  return ruleTransform({
    name: 'sparseAdam',
    learningRate,
    parts: (make) => ({ m: make.slots('m'), v: make.slots('v') }),
    // The kernel adds its ε to the corrected root.
    numbers: (alpha, t): DecayedAdamNumbers => {
      return { alpha, beta1, beta2, epsilon: epsilon / Math.sqrt(1 - beta2 ** t), t, lambda: 0 };
    },
    ...kernelSteps('sparseAdam', runAdamKernel),
    rows: (state, take) => ({ ...state, m: take(state.m), v: take(state.v) }),
  });
}
