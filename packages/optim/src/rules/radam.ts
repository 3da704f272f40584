// SPDX-License-Identifier: Apache-2.0
import { kernels } from '@tapeloop/core/kernels';
import { ruleTransform } from '../rule.ts';
import type { GradientTransform } from '../transform.ts';
import type { AdamMoments, AdamNumbers, AdamOptions, AdamState } from './adam.ts';
import { checkAdamOptions } from './adam-elements.ts';
import { type KernelOperands, kernelSteps } from './kernel-steps.ts';

/** Below this length of the moving average its variance has no closed form: PyTorch's threshold. */
const SHORTEST = 5;

/**
 * The rectification r of step t, or undefined while the average of g² is too short for one.
 *
 * ```
 * ρ∞ = 2 / (1 − β₂) − 1              ρ = ρ∞ − 2t · β₂ᵗ / (1 − β₂ᵗ)
 * r = √( (ρ − 4)(ρ − 2) ρ∞ / ((ρ∞ − 4)(ρ∞ − 2) ρ) )        where ρ > 5
 * ```
 *
 * @see Liu et al. 2020, "On the Variance of the Adaptive Learning Rate and Beyond", algorithm 2.
 */
export function rectification(beta2: number, t: number): number | undefined {
  const longest = 2 / (1 - beta2) - 1;
  const rho = longest - (2 * t * beta2 ** t) / (1 - beta2 ** t);
  if (!(rho > SHORTEST)) return undefined;
  return Math.sqrt(((rho - 4) * (rho - 2) * longest) / ((longest - 4) * (longest - 2) * rho));
}

/**
 * One element's step: Adam's, rectified, or without its denominator while that cannot be trusted.
 *
 * ```
 * m ← β₁ · m + (1 − β₁) · g          v ← β₂ · v + (1 − β₂) · g²          m̂ = m / (1 − β₁ᵗ)
 * update = −α · m̂ · r · √(1 − β₂ᵗ) / (√v + ε)        or, without r,    −α · m̂
 * ```
 *
 * @see Liu et al. 2020, "On the Variance of the Adaptive Learning Rate and Beyond", algorithm 2.
 */
export function radamUpdate(
  g: number,
  before: AdamMoments,
  { alpha, beta1, beta2, epsilon, t }: AdamNumbers,
): AdamMoments & { readonly update: number } {
  const m = beta1 * before.m + (1 - beta1) * g;
  const v = beta2 * before.v + (1 - beta2) * g ** 2;
  const step = (-alpha * m) / (1 - beta1 ** t);
  const r = rectification(beta2, t);
  if (r === undefined) return { m, v, update: step };
  return { m, v, update: (step * r * Math.sqrt(1 - beta2 ** t)) / (Math.sqrt(v) + epsilon) };
}

/**
 * Rectified Adam; the equation is `radamUpdate`'s. It needs no warm-up.
 *
 * ε is added to √v, before bias is corrected, as in PyTorch. Optax adds it to √v̂: its ε at step t is
 * this one divided by √(1 − β₂ᵗ). The threshold is ρ > 5 as in both; the paper has ρ > 4.
 *
 * @throws ValueError when an option is out of range.
 * @see Liu et al. 2020, "On the Variance of the Adaptive Learning Rate and Beyond", algorithm 2.
 */
export function radam(options: AdamOptions = {}): GradientTransform<AdamState> {
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  checkAdamOptions('radam', { learningRate, beta1, beta2, epsilon });
  return ruleTransform({
    name: 'radam',
    learningRate,
    parts: (make) => ({ m: make.slots('m'), v: make.slots('v') }),
    numbers: (alpha, t): AdamNumbers => ({ alpha, beta1, beta2, epsilon, t }),
    ...kernelSteps('radam', runKernel),
  });
}

/** `radamUpdate` of each element: Adam's kernel, whose denominator is 1 where r is undefined. */
function runKernel(
  { parameter, gradient, out, size, gradientScale, slot }: KernelOperands,
  { m, v }: AdamState,
  { alpha, beta1, beta2, epsilon, t }: AdamNumbers,
): void {
  const r = rectification(beta2, t);
  const stepSize =
    (alpha / (1 - beta1 ** t)) * (r === undefined ? 1 : r * Math.sqrt(1 - beta2 ** t));
  const [rootScale, added] = r === undefined ? [0, 1] : [1, epsilon];
  kernels().adamUpdate(
    parameter,
    gradient,
    slot(m),
    slot(v),
    out,
    size,
    stepSize,
    beta1,
    beta2,
    rootScale,
    added,
    0,
    0,
    gradientScale,
  );
}
