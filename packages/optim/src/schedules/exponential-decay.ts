// SPDX-License-Identifier: Apache-2.0
import { checkPositive } from '../options.ts';
import { checkRates, type Schedule } from './schedule.ts';

/** Options of `exponentialDecay`. */
export interface ExponentialDecayOptions {
  /** The value at step 0. */
  readonly initial: number;
  /** What the value is multiplied by over `steps` steps. More than 0. */
  readonly rate: number;
  /** More than 0. Default 1. */
  readonly steps?: number;
  /** Falls at once every `steps` steps instead of a little in each. Default false. */
  readonly staircase?: boolean;
  /** The value never falls below this. Default 0. */
  readonly end?: number;
}

/**
 * `max(end, initial · rate^(s / steps))`, the quotient rounded down with `staircase`.
 *
 * @throws ValueError when an option is out of range.
 * @see PyTorch's `ExponentialLR`, Keras's `ExponentialDecay`, Optax's `exponential_decay`.
 */
export function exponentialDecay(options: ExponentialDecayOptions): Schedule {
  const { initial, rate, steps = 1, staircase = false, end = 0 } = options;
  checkRates('exponentialDecay', { initial, end });
  checkPositive('exponentialDecay', 'rate', rate);
  checkPositive('exponentialDecay', 'steps', steps);
  return (step) => {
    const power = staircase ? Math.floor(step / steps) : step / steps;
    return Math.max(end, initial * rate ** power);
  };
}
