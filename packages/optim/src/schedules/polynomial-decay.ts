// SPDX-License-Identifier: Apache-2.0
import { checkPositive, checkWhole } from '../options.ts';
import { checkRates, type Schedule } from './schedule.ts';

/** Options of `polynomialDecay`. */
export interface PolynomialDecayOptions {
  /** The value at step 0. */
  readonly initial: number;
  /** The step at which `end` is reached, at least 1. */
  readonly steps: number;
  /** The value from then on. Default 0. */
  readonly end?: number;
  /** More than 0. Default 1: a straight line. */
  readonly power?: number;
}

/**
 * `end + (initial − end) · (1 − min(1, s / steps))^power`. It may rise too.
 *
 * @throws ValueError when an option is out of range.
 * @see PyTorch's `PolynomialLR` and `LinearLR`, Keras's `PolynomialDecay`, Optax's
 *   `polynomial_schedule`.
 */
export function polynomialDecay(options: PolynomialDecayOptions): Schedule {
  const { initial, steps, end = 0, power = 1 } = options;
  checkRates('polynomialDecay', { initial, end });
  checkWhole('polynomialDecay', 'steps', steps, 1);
  checkPositive('polynomialDecay', 'power', power);
  return (step) => end + (initial - end) * (1 - Math.min(1, step / steps)) ** power;
}
