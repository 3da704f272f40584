// SPDX-License-Identifier: Apache-2.0
import { kernels } from '@tapeloop/core/kernels';
import { type RuleState, ruleTransform } from '../rule.ts';
import type { Slots } from '../slots.ts';
import type { GradientTransform } from '../transform.ts';
import type { AdamMoments, AdamNumbers, AdamOptions } from './adam.ts';
import { checkAdamOptions } from './adam-elements.ts';
import { type KernelOperands, kernelSteps } from './kernel-steps.ts';

/** What `amsgrad` keeps: Adam's moments, and the largest second moment so far. */
export type AmsgradState = RuleState<{
  readonly m: Slots;
  readonly v: Slots;
  readonly vMax: Slots;
}>;

/** The moments of one element. */
export interface AmsgradMoments extends AdamMoments {
  readonly vMax: number;
}

/**
 * One element's step: Adam's, but the second moment never shrinks.
 *
 * ```
 * m ← β₁ · m + (1 − β₁) · g          v ← β₂ · v + (1 − β₂) · g²
 * vMax ← max(vMax, v)
 * update = −α · (m / (1 − β₁ᵗ)) / (√(vMax / (1 − β₂ᵗ)) + ε)
 * ```
 *
 * @see Reddi, Kale and Kumar 2018, "On the Convergence of Adam and Beyond", algorithm 2.
 */
export function amsgradUpdate(
  g: number,
  before: AmsgradMoments,
  { alpha, beta1, beta2, epsilon, t }: AdamNumbers,
): AmsgradMoments & { readonly update: number } {
  const m = beta1 * before.m + (1 - beta1) * g;
  const v = beta2 * before.v + (1 - beta2) * g ** 2;
  const vMax = Math.max(before.vMax, v);
  const mHat = m / (1 - beta1 ** t);
  const update = (-alpha * mHat) / (Math.sqrt(vMax / (1 - beta2 ** t)) + epsilon);
  return { m, v, vMax, update };
}

/**
 * AMSGrad; the equation is `amsgradUpdate`'s.
 *
 * Bias is corrected as in PyTorch's `Adam(amsgrad=True)`: the maximum is of v, and corrected after.
 * ε is added to the corrected root. The paper corrects nothing. Optax takes the maximum of the corrected
 * v̂, or with `bias_correction_nu=False` corrects no v: that is this rule for a rate of α·√(1 − β₂ᵗ) and
 * an ε of ε·√(1 − β₂ᵗ).
 *
 * @throws ValueError when an option is out of range.
 * @see Reddi, Kale and Kumar 2018, "On the Convergence of Adam and Beyond", algorithm 2.
 */
export function amsgrad(options: AdamOptions = {}): GradientTransform<AmsgradState> {
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  checkAdamOptions('amsgrad', { learningRate, beta1, beta2, epsilon });
  return ruleTransform({
    name: 'amsgrad',
    learningRate,
    parts: (make) => ({ m: make.slots('m'), v: make.slots('v'), vMax: make.slots('vMax') }),
    numbers: (alpha, t): AdamNumbers => ({ alpha, beta1, beta2, epsilon, t }),
    ...kernelSteps('amsgrad', runKernel),
  });
}

/** `amsgradUpdate` of each element. */
function runKernel(
  { parameter, gradient, out, size, gradientScale, slot }: KernelOperands,
  { m, v, vMax }: AmsgradState,
  { alpha, beta1, beta2, epsilon, t }: AdamNumbers,
): void {
  const stepSize = alpha / (1 - beta1 ** t);
  const rootScale = 1 / Math.sqrt(1 - beta2 ** t);
  kernels().amsgradUpdate(
    parameter,
    gradient,
    slot(m),
    slot(v),
    slot(vMax),
    out,
    size,
    stepSize,
    beta1,
    beta2,
    rootScale,
    epsilon,
    gradientScale,
  );
}
