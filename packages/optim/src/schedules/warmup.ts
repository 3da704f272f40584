// SPDX-License-Identifier: Apache-2.0
import { checkWhole } from '../options.ts';
import { checkRate, type Schedule } from './schedule.ts';

/** Options of `warmup`. */
export interface WarmupOptions {
  /** Steps of linear rise, at least 0. */
  readonly steps: number;
  /** The value at step 0. Default 0: the first step then changes nothing but the state. */
  readonly start?: number;
}

/**
 * A linear rise to the first value of any schedule, which then runs from its own step 0.
 *
 * ```
 * s < steps:     start + (schedule(0) − start) · s / steps
 * else:          schedule(s − steps)
 * ```
 *
 * @throws ValueError when `start` is negative or not finite, or `steps` is not a whole number.
 * @see Goyal et al. 2017, "Accurate, Large Minibatch SGD", section 2.2.
 *
 * @example
 * warmup(cosineRestarts({ initial: 1e-3, period: 1000 }), { steps: 100 });
 */
export function warmup(schedule: Schedule, { steps, start = 0 }: WarmupOptions): Schedule {
  checkRate('warmup', 'start', start);
  checkWhole('warmup', 'steps', steps, 0);
  return (step) => {
    if (step >= steps) return schedule(step - steps);
    return start + ((schedule(0) - start) * step) / steps;
  };
}
