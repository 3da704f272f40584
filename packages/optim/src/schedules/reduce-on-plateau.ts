// SPDX-License-Identifier: Apache-2.0
import { check, checkFraction, checkNotNegative, checkWhole } from '../options.ts';

/** Options of `ReduceOnPlateau`. */
export interface ReduceOnPlateauOptions {
  /** What the scale is multiplied by, in (0, 1). Default 0.1. */
  readonly factor?: number;
  /** Observations without a better value that are borne; one more reduces. At least 0. Default 10. */
  readonly patience?: number;
  /** How much better counts as better. At least 0. Default 1e-4. */
  readonly threshold?: number;
  /** Whether the threshold is a part of the best value, or a distance. Default `relative`. */
  readonly thresholdMode?: 'relative' | 'absolute';
  /** Whether small values are good, as a loss, or large ones. Default `min`. */
  readonly mode?: 'min' | 'max';
  /** Observations after a reduction that do not count. At least 0. Default 0. */
  readonly cooldown?: number;
  /** The scale never falls below this. At least 0. Default 0. */
  readonly minScale?: number;
}

/** Where a `ReduceOnPlateau` stands; plain data that JSON keeps. */
export interface ReduceOnPlateauState {
  readonly scale: number;
  /** Null before the first observation. */
  readonly best: number | null;
  readonly waited: number;
  readonly cooling: number;
}

/**
 * A scale for the learning rate that falls when a value, such as the validation loss, gets no better.
 *
 * @throws ValueError when an option is out of range.
 * @see PyTorch's `ReduceLROnPlateau`, whose rules these are, without its `eps`.
 *
 * @example
 * const plateau = new ReduceOnPlateau({ patience: 3 });
 * // after each epoch
 * optimizer.learningRateScale = plateau.observe(validationLoss);
 */
export class ReduceOnPlateau {
  readonly #options: Required<ReduceOnPlateauOptions>;
  #state: ReduceOnPlateauState = { scale: 1, best: null, waited: 0, cooling: 0 };

  constructor(options: ReduceOnPlateauOptions = {}) {
    const { factor = 0.1, patience = 10, threshold = 1e-4, thresholdMode = 'relative' } = options;
    const { mode = 'min', cooldown = 0, minScale = 0 } = options;
    checkFraction('ReduceOnPlateau', 'factor', factor);
    check('ReduceOnPlateau', 'factor', factor, factor > 0, 'above 0');
    checkWhole('ReduceOnPlateau', 'patience', patience, 0);
    checkNotNegative('ReduceOnPlateau', 'threshold', threshold);
    checkWhole('ReduceOnPlateau', 'cooldown', cooldown, 0);
    checkNotNegative('ReduceOnPlateau', 'minScale', minScale);
    this.#options = { factor, patience, threshold, thresholdMode, mode, cooldown, minScale };
  }

  /** What the learning rate is to be multiplied by now. */
  get scale(): number {
    return this.#state.scale;
  }

  /** Takes in a value and returns the scale. NaN counts as no better. */
  observe(value: number): number {
    const { factor, patience, cooldown, minScale } = this.#options;
    const before = this.#state;
    const better = this.#isBetter(value, before.best);
    const best = better ? value : before.best;
    const cooling = Math.max(0, before.cooling - 1);
    const waited = better || before.cooling > 0 ? 0 : before.waited + 1;
    if (waited > patience) {
      const scale = Math.max(Math.min(minScale, before.scale), before.scale * factor);
      this.#state = { scale, best, waited: 0, cooling: cooldown };
    } else this.#state = { scale: before.scale, best, waited, cooling };
    return this.scale;
  }

  /** Where it stands. */
  state(): ReduceOnPlateauState {
    return this.#state;
  }

  /** Goes on from where one with the same options stood. */
  restore(state: ReduceOnPlateauState): void {
    this.#state = state;
  }

  #isBetter(value: number, best: number | null): boolean {
    const { threshold, thresholdMode, mode } = this.#options;
    if (best === null) return !Number.isNaN(value);
    const sign = mode === 'min' ? -1 : 1;
    const bound =
      thresholdMode === 'relative' ? best * (1 + sign * threshold) : best + sign * threshold;
    return mode === 'min' ? value < bound : value > bound;
  }
}
