// SPDX-License-Identifier: Apache-2.0
import { checkNotNegative, type ParameterFilter } from '../options.ts';
import { ruleTransform } from '../rule.ts';
import type { GradientTransform } from '../transform.ts';
import { type AdamMoments, type AdamOptions, type AdamState, adamUpdate } from './adam.ts';
import { checkAdamOptions, type DecayedAdamNumbers, runAdamKernel } from './adam-elements.ts';
import { decayedKernelSteps } from './kernel-steps.ts';

/** Options of `adamw`. */
export interface AdamwOptions extends AdamOptions {
  /** λ: decay of the weights in a step, as a part of the learning rate. At least 0. Default 0.01. */
  readonly weightDecay?: number;
  /** Which parameters decay. Default: all; most models leave biases and norms out. */
  readonly mask?: ParameterFilter;
}

/** The numbers of one step of `adamw`: Adam's, and `lambda`. */
export type AdamwNumbers = DecayedAdamNumbers;

/**
 * One element's step: Adam's, and a decay of the weight `p` that no moment sees.
 *
 * ```
 * update = −α · (m̂ / (√v̂ + ε) + λ · p)
 * ```
 *
 * @see Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization", algorithm 2, with the
 *   schedule multiplier η in α.
 */
export function adamwUpdate(
  p: number,
  g: number,
  before: AdamMoments,
  numbers: AdamwNumbers,
): AdamMoments & { readonly update: number } {
  const { m, v, update } = adamUpdate(g, before, numbers);
  return { m, v, update: update - numbers.alpha * numbers.lambda * p };
}

/**
 * AdamW: Adam with decoupled weight decay; the equation is `adamwUpdate`'s.
 *
 * As in PyTorch and Optax, the decay is multiplied by the learning rate, schedule included; the paper
 * multiplies it by the schedule alone. ε is Adam's, added to √v̂. Defaults are PyTorch's.
 *
 * @throws ValueError when an option is out of range.
 * @see Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization", algorithm 2.
 *
 * @example
 * adamw({ learningRate: 3e-4, weightDecay: 0.1, mask: ({ shape }) => shape.length > 1 });
 */
export function adamw(options: AdamwOptions = {}): GradientTransform<AdamState> {
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const { weightDecay = 0.01, mask = () => true } = options;
  checkAdamOptions('adamw', { learningRate, beta1, beta2, epsilon });
  checkNotNegative('adamw', 'weightDecay', weightDecay);
  return ruleTransform({
    name: 'adamw',
    learningRate,
    parts: (make) => ({ m: make.slots('m'), v: make.slots('v') }),
    numbers: (alpha, t): AdamwNumbers => {
      return { alpha, beta1, beta2, epsilon, t, lambda: weightDecay };
    },
    ...decayedKernelSteps('adamw', mask, runAdamKernel),
  });
}
