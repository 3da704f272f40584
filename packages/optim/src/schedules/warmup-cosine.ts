// SPDX-License-Identifier: Apache-2.0
import { checkWhole } from '../options.ts';
import { cosineDecay } from './cosine.ts';
import { checkRates, type Schedule } from './schedule.ts';
import { warmup } from './warmup.ts';

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
  checkRates('warmupCosine', { peak, start, end });
  checkWhole('warmupCosine', 'warmupSteps', warmupSteps, 0);
  checkWhole('warmupCosine', 'totalSteps', totalSteps, warmupSteps + 1);
  const decay = cosineDecay({ initial: peak, steps: totalSteps - warmupSteps, end });
  return warmup(decay, { steps: warmupSteps, start });
}
