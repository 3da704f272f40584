// SPDX-License-Identifier: Apache-2.0
import { checkWhole } from '../options.ts';
import { checkRate, type Schedule } from './schedule.ts';

/** Options of `inverseSquareRoot`. */
export interface InverseSquareRootOptions {
  /** The highest value, at step `warmupSteps − 1`. */
  readonly peak: number;
  /** w: steps of linear rise, at least 1. */
  readonly warmupSteps: number;
}

/**
 * A linear rise, then a fall as 1/√step: `peak · min((s + 1) / w, √(w / (s + 1)))`.
 *
 * The Noam schedule of a model with d units, `d^−½ · min(n^−½, n · w^−³ᐟ²)` at step n = s + 1, is this
 * with a peak of `1 / √(d · w)`.
 *
 * @throws ValueError when an option is out of range.
 * @see Vaswani et al. 2017, "Attention Is All You Need", equation 3.
 */
export function inverseSquareRoot({ peak, warmupSteps }: InverseSquareRootOptions): Schedule {
  checkRate('inverseSquareRoot', 'peak', peak);
  checkWhole('inverseSquareRoot', 'warmupSteps', warmupSteps, 1);
  return (step) => {
    const progress = (step + 1) / warmupSteps;
    return peak * Math.min(progress, 1 / Math.sqrt(progress));
  };
}
