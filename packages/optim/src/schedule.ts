// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, ValueError } from '@tapeloop/core';

/** A number that depends on the step, most often a learning rate. The first step is number 0. */
export type Schedule = (step: number) => number;

/** Options of `warmupCosine`. */
export interface WarmupCosineOptions {
  /** The highest value, reached at step `warmupSteps`. */
  readonly peak: number;
  /** Steps of linear rise. 0 starts at the peak. */
  readonly warmupSteps: number;
  /** The step at which `end` is reached; the warm-up counts in. */
  readonly totalSteps: number;
  /** The value at step 0. Default 0: the first step then changes nothing but the state. */
  readonly start?: number;
  /** The value at `totalSteps` and ever after. Default 0. */
  readonly end?: number;
}

/** The same value at every step. */
export function constant(value: number): Schedule {
  checkRate('constant', 'value', value);
  return () => value;
}

/**
 * A linear warm-up joined to half a cosine:
 *
 * ```
 * s < warmupSteps:   start + (peak − start) · s / warmupSteps
 * else:              end + (peak − end) · (1 + cos(π · p)) / 2
 *                    p = min(1, (s − warmupSteps) / (totalSteps − warmupSteps))
 * ```
 *
 * @throws ValueError when a value is negative or not finite, or the steps are not whole numbers with
 *   `0 ≤ warmupSteps < totalSteps`.
 * @see Loshchilov and Hutter 2017, "SGDR: Stochastic Gradient Descent with Warm Restarts", eq. 5,
 *   for one period; Optax's `warmup_cosine_decay_schedule` gives the same values.
 */
export function warmupCosine(options: WarmupCosineOptions): Schedule {
  const { peak, warmupSteps, totalSteps, start = 0, end = 0 } = options;
  for (const [name, value] of Object.entries({ peak, start, end })) {
    checkRate('warmupCosine', name, value);
  }
  checkSteps('warmupSteps', warmupSteps, 0);
  checkSteps('totalSteps', totalSteps, warmupSteps + 1);
  return (step) => {
    if (step < warmupSteps) return start + ((peak - start) * step) / warmupSteps;
    const progress = Math.min(1, (step - warmupSteps) / (totalSteps - warmupSteps));
    return end + ((peak - end) * (1 + Math.cos(Math.PI * progress))) / 2;
  };
}

/** The value at a step of what may be a number or a schedule. @throws ValueError as `checkRate`. */
export function rateAt(op: string, rate: number | Schedule, step: number): number {
  if (typeof rate === 'number') return rate;
  const value = rate(step);
  checkRate(op, `learningRate(${step})`, value);
  return value;
}

/** @throws ValueError when a number is negative or not finite. Schedules are checked step by step. */
export function checkRate(op: string, argument: string, rate: number | Schedule): void {
  if (typeof rate === 'function' || (Number.isFinite(rate) && rate >= 0)) return;
  const expected = 'a finite number of at least 0';
  throw new ValueError(argumentMessage({ op, argument, expected, received: rate }));
}

function checkSteps(argument: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  const expected = `a whole number of at least ${least}`;
  throw new ValueError(
    argumentMessage({ op: 'warmupCosine', argument, expected, received: value }),
  );
}
