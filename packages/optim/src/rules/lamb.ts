// SPDX-License-Identifier: Apache-2.0
import { normOf } from '../global-norm.ts';
import { checkNotNegative, type ParameterFilter } from '../options.ts';
import { ruleTransform } from '../rule.ts';
import { elementsOf, type UpdatePart } from '../slots.ts';
import type { GradientTransform } from '../transform.ts';
import type { AdamOptions, AdamState } from './adam.ts';
import { checkAdamOptions, type DecayedAdamNumbers, runAdamKernel } from './adam-elements.ts';
import { decayedKernelSteps } from './kernel-steps.ts';

/** Options of `lamb`. The default of `epsilon` is 1e-6. */
export interface LambOptions extends AdamOptions {
  /** λ: added to the direction before its length is measured. At least 0. Default 0. */
  readonly weightDecay?: number;
  /** Which parameters decay. Default: all. */
  readonly mask?: ParameterFilter;
}

/**
 * How far a parameter goes along its direction, as a part of the learning rate: the parameter's norm
 * over the direction's, or 1 when either is 0.
 *
 * @see You et al. 2020, "Large Batch Optimization for Deep Learning", algorithm 2, with φ(z) = z.
 */
export function trustRatio(parameterNorm: number, directionNorm: number): number {
  return parameterNorm === 0 || directionNorm === 0 ? 1 : parameterNorm / directionNorm;
}

/**
 * LAMB: AdamW's direction, at a length that fits each parameter.
 *
 * ```
 * r = m̂ / (√v̂ + ε) + λ · p           m̂, v̂ as in Adam
 * update = −α · trustRatio(‖p‖, ‖r‖) · r
 * ```
 *
 * The norms are over a whole parameter. ε is added to √v̂, and the ratio is not clipped, as in Optax and
 * Keras; Keras leaves λ · p out of r and decays apart from it. PyTorch has none.
 *
 * @throws ValueError when an option is out of range.
 * @see You et al. 2020, "Large Batch Optimization for Deep Learning: Training BERT in 76 minutes",
 *   algorithm 2.
 */
export function lamb(options: LambOptions = {}): GradientTransform<AdamState> {
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-6 } = options;
  const { weightDecay = 0, mask = () => true } = options;
  checkAdamOptions('lamb', { learningRate, beta1, beta2, epsilon });
  checkNotNegative('lamb', 'weightDecay', weightDecay);
  const direction = decayedKernelSteps('lamb', mask, runAdamKernel);
  return ruleTransform({
    name: 'lamb',
    learningRate,
    parts: (make) => ({ m: make.slots('m'), v: make.slots('v') }),
    numbers: (alpha, t): DecayedAdamNumbers => {
      return { alpha, beta1, beta2, epsilon, t, lambda: weightDecay };
    },
    fill: (part, slots, numbers) => {
      // With α = 1 AdamW's update is −r.
      direction.fill(part, slots, { ...numbers, alpha: 1 });
      rescale(part, numbers.alpha);
    },
  });
}

function rescale({ parameter, update }: UpdatePart, alpha: number): void {
  const factor = alpha * trustRatio(normOf(parameter.value), normOf(update));
  const out = elementsOf('lamb', update);
  for (let i = 0; i < out.length; i++) out[i] = factor * (out[i] ?? 0);
}
