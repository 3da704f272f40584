// SPDX-License-Identifier: Apache-2.0
import { checkPositive, checkWhole } from '../options.ts';
import { checkRates, type Schedule } from './schedule.ts';

/** How the height of a cycle changes: not, by half each cycle, or by `gamma` each step. */
export type CyclicMode = 'triangular' | 'triangular2' | 'exponential';

/** Options of `cyclic`. */
export interface CyclicOptions {
  /** The value at step 0 and between cycles. */
  readonly low: number;
  /** The value at the top of the first cycle. */
  readonly high: number;
  /** Steps of a rise, at least 1. */
  readonly stepsUp: number;
  /** Steps of a fall, at least 1. Default: as many as of a rise. */
  readonly stepsDown?: number;
  /** Default `triangular`. */
  readonly mode?: CyclicMode;
  /** γ of `exponential`. More than 0. Default 1. */
  readonly gamma?: number;
}

/**
 * A line up and down between two values, again and again:
 * `low + (high − low) · triangle(s) · scale`, where the scale is 1, `2^−cycle` or `γˢ`.
 *
 * @throws ValueError when an option is out of range.
 * @see Smith 2017, "Cyclical Learning Rates for Training Neural Networks"; PyTorch's `CyclicLR`.
 */
export function cyclic(options: CyclicOptions): Schedule {
  const { low, high, stepsUp, stepsDown = stepsUp, mode = 'triangular', gamma = 1 } = options;
  checkRates('cyclic', { low, high });
  checkWhole('cyclic', 'stepsUp', stepsUp, 1);
  checkWhole('cyclic', 'stepsDown', stepsDown, 1);
  checkPositive('cyclic', 'gamma', gamma);
  const length = stepsUp + stepsDown;
  return (step) => {
    const cycle = Math.floor(step / length);
    const at = step - cycle * length;
    const triangle = at <= stepsUp ? at / stepsUp : (length - at) / stepsDown;
    const scale = { triangular: 1, triangular2: 2 ** -cycle, exponential: gamma ** step }[mode];
    return low + (high - low) * triangle * scale;
  };
}
