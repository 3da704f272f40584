// SPDX-License-Identifier: Apache-2.0
import type { Parameter, WithLoss } from '@tapeloop/core';
import { tidy } from '@tapeloop/core';
import { Optimizer } from './optimizer.ts';
import { check, checkFraction, checkPositive, checkWhole } from './options.ts';
import type { Schedule } from './schedules/schedule.ts';
import type { GradientTransform } from './transform.ts';

/** Options of `findLearningRate`. */
export interface FindLearningRateOptions {
  readonly parameters: readonly Parameter[];
  /** The loss of the batch of a step, from 0. */
  readonly loss: (step: number) => WithLoss;
  /** The rule to find a rate for, with the schedule it is to follow. */
  readonly transform: (learningRate: Schedule) => GradientTransform<unknown>;
  /** The first rate. More than 0. Default 1e-7. */
  readonly from?: number;
  /** The last rate. More than `from`. Default 10. */
  readonly to?: number;
  /** At least 2. Default 100. */
  readonly steps?: number;
  /** How much of the smoothed loss stays at a step, in [0, 1). Default 0.9. */
  readonly smoothing?: number;
  /** Stops when the smoothed loss is so many times the lowest. More than 1. Default 4. */
  readonly divergence?: number;
}

/** What `findLearningRate` found. */
export interface LearningRateSweep {
  /** The rates tried, rising by one factor. */
  readonly rates: readonly number[];
  /** The loss of the step with each rate, before it was made. */
  readonly losses: readonly number[];
  /** The same, as an average whose start is corrected for. */
  readonly smoothed: readonly number[];
  /** The rate at which the smoothed loss falls fastest against the logarithm of the rate. */
  readonly suggestion: number;
}

/**
 * Trains for some steps with a rate that rises from very small to too large, and tells how the loss
 * went. Stops early when it diverges or is not finite. The parameters get their values back.
 *
 * @throws ValueError when an option is out of range or not even two losses were finite; what `loss`
 *   throws.
 * @see Smith 2017, "Cyclical Learning Rates for Training Neural Networks", section 3.3.
 *
 * @example
 * const { suggestion } = findLearningRate({
 *   parameters: model.parameters(),
 *   transform: (learningRate) => adam({ learningRate }),
 *   loss: (step) => lossOf(batches[step % batches.length]),
 * });
 */
export function findLearningRate(options: FindLearningRateOptions): LearningRateSweep {
  const { parameters, loss, transform, from = 1e-7, to = 10, steps = 100 } = options;
  const { smoothing = 0.9, divergence = 4 } = options;
  checkOptions({ from, to, steps, smoothing, divergence });
  const rateOf: Schedule = (step) => from * (to / from) ** (step / (steps - 1));
  const own = parameters.map((parameter) => ({ parameter, elements: parameter.value.data() }));
  const optimizer = new Optimizer(parameters, transform(rateOf), { nonFinite: 'skip' });
  const sweep = new Sweep(smoothing);
  try {
    for (let step = 0; step < steps; step++) {
      const value = tidy(() => lossValue(optimizer.minimize(() => loss(step)).value));
      if (!sweep.add(rateOf(step), value) || sweep.hasDiverged(divergence)) break;
    }
  } finally {
    optimizer.dispose();
    for (const { parameter, elements } of own) parameter.update((to) => to.set(elements));
  }
  return sweep.result();
}

/** The losses so far. */
class Sweep {
  readonly #smoothing: number;
  readonly #rates: number[] = [];
  readonly #losses: number[] = [];
  readonly #smoothed: number[] = [];
  #average = 0;

  constructor(smoothing: number) {
    this.#smoothing = smoothing;
  }

  /** Returns false for a loss that is not finite, which is left out. */
  add(rate: number, loss: number): boolean {
    if (!Number.isFinite(loss)) return false;
    this.#rates.push(rate);
    this.#losses.push(loss);
    this.#average = this.#smoothing * this.#average + (1 - this.#smoothing) * loss;
    this.#smoothed.push(this.#average / (1 - this.#smoothing ** this.#losses.length));
    return true;
  }

  hasDiverged(factor: number): boolean {
    const lowest = Math.min(...this.#smoothed);
    return (this.#smoothed.at(-1) ?? 0) - lowest > (factor - 1) * Math.abs(lowest);
  }

  result(): LearningRateSweep {
    const [rates, losses, smoothed] = [this.#rates, this.#losses, this.#smoothed];
    const expected = 'finite for at least two steps';
    check('findLearningRate', 'loss', losses.length, losses.length > 1, expected);
    // The rates rise by one factor, so differences of neighbours are slopes against the logarithm.
    let steepest = 1;
    const fall = (i: number) => (smoothed[i - 1] ?? 0) - (smoothed[i] ?? 0);
    for (let i = 2; i < smoothed.length; i++) if (fall(i) > fall(steepest)) steepest = i;
    return { rates, losses, smoothed, suggestion: rates[steepest] ?? Number.NaN };
  }
}

function lossValue(value: WithLoss): number {
  return 'loss' in value ? value.loss.item() : value.item();
}

function checkOptions(
  options: Record<'from' | 'to' | 'steps' | 'smoothing' | 'divergence', number>,
) {
  const { from, to, steps, smoothing, divergence } = options;
  checkPositive('findLearningRate', 'from', from);
  checkPositive('findLearningRate', 'to', to);
  check('findLearningRate', 'to', to, to > from, `above from, ${from}`);
  checkWhole('findLearningRate', 'steps', steps, 2);
  checkFraction('findLearningRate', 'smoothing', smoothing);
  check('findLearningRate', 'divergence', divergence, divergence > 1, 'a number above 1');
}
