// SPDX-License-Identifier: Apache-2.0
import { check, checkWhole } from '../options.ts';
import { checkRates, type Schedule } from './schedule.ts';

/** Options of `cosineDecay`. */
export interface CosineDecayOptions {
  /** The value at step 0. */
  readonly initial: number;
  /** The step at which `end` is reached, at least 1. */
  readonly steps: number;
  /** The value from then on. Default 0. */
  readonly end?: number;
}

/** Options of `cosineRestarts`. */
export interface CosineRestartsOptions {
  /** The value at step 0. */
  readonly initial: number;
  /** Steps of the first period, at least 1. */
  readonly period: number;
  /** How many times as long each period is as the one before: at least 1. Default 1. */
  readonly periodFactor?: number;
  /** How many times as high each period begins, in (0, 1]. Default 1. */
  readonly peakFactor?: number;
  /** The value that each period falls towards. Default 0. */
  readonly end?: number;
}

/**
 * Half a cosine: `end + (initial − end) · (1 + cos(π · min(1, s / steps))) / 2`.
 *
 * @throws ValueError when a value is negative or not finite, or `steps` is not a whole number.
 * @see Loshchilov and Hutter 2017, "SGDR: Stochastic Gradient Descent with Warm Restarts", eq. 5;
 *   PyTorch's `CosineAnnealingLR` rises again after `T_max`, this stays.
 */
export function cosineDecay({ initial, steps, end = 0 }: CosineDecayOptions): Schedule {
  checkRates('cosineDecay', { initial, end });
  checkWhole('cosineDecay', 'steps', steps, 1);
  return (step) => halfCosine(initial, end, Math.min(1, step / steps));
}

/**
 * Half cosines, one after the other: a period begins at its peak and never quite reaches `end`.
 *
 * ```
 * period i has period · periodFactorⁱ steps, and peak initial · peakFactorⁱ
 * ```
 *
 * @throws ValueError when an option is out of range.
 * @see Loshchilov and Hutter 2017, "SGDR: Stochastic Gradient Descent with Warm Restarts", section 3;
 *   PyTorch's `CosineAnnealingWarmRestarts`.
 */
export function cosineRestarts(options: CosineRestartsOptions): Schedule {
  const { initial, period, periodFactor = 1, peakFactor = 1, end = 0 } = options;
  checkRates('cosineRestarts', { initial, end });
  checkWhole('cosineRestarts', 'period', period, 1);
  checkWhole('cosineRestarts', 'periodFactor', periodFactor, 1);
  const right = peakFactor > 0 && peakFactor <= 1;
  check('cosineRestarts', 'peakFactor', peakFactor, right, 'a number above 0 and at most 1');
  return (step) => {
    const { index, progress } = placeOf(step, period, periodFactor);
    return halfCosine(initial * peakFactor ** index, end, progress);
  };
}

/** Which period a step is in, and how far it is, from 0 to below 1. */
function placeOf(step: number, period: number, factor: number) {
  if (factor === 1) {
    const index = Math.floor(step / period);
    return { index, progress: step / period - index };
  }
  let [index, start, length] = [0, 0, period];
  while (step >= start + length) {
    start += length;
    length *= factor;
    index++;
  }
  return { index, progress: (step - start) / length };
}

/** From `from` at 0 to `to` at 1. */
export function halfCosine(from: number, to: number, progress: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * progress))) / 2;
}
