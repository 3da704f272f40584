// SPDX-License-Identifier: Apache-2.0
import { check, checkPositive, checkWhole } from '../options.ts';
import { halfCosine } from './cosine.ts';
import { checkRate, type Schedule } from './schedule.ts';

/** Options of `oneCycle`. */
export interface OneCycleOptions {
  /** The highest value. */
  readonly peak: number;
  /** Steps of the cycle, at least 2; the last value is that of step `totalSteps − 1`. */
  readonly totalSteps: number;
  /** The part of the steps that rise, in (0, 1), or with three phases in (0, ½]. Default 0.3. */
  readonly warmupFraction?: number;
  /** The first value is `peak / startDivisor`. More than 0. Default 25. */
  readonly startDivisor?: number;
  /** The last value is the first over this. More than 0. Default 10,000. */
  readonly endDivisor?: number;
  /** The form of rise and fall. Default `cosine`. */
  readonly anneal?: 'cosine' | 'linear';
  /** Falls back to the first value as fast as it rose, and then to the last. Default false. */
  readonly threePhase?: boolean;
}

/** A part of the cycle: to `value`, which is reached at step `end`. */
interface Phase {
  readonly end: number;
  readonly value: number;
}

/**
 * One rise and one fall: from `peak / startDivisor` up to the peak at step
 * `warmupFraction · totalSteps − 1`, and down to `peak / startDivisor / endDivisor`, which stays.
 *
 * @throws ValueError when an option is out of range.
 * @see Smith and Topin 2018, "Super-Convergence"; PyTorch's `OneCycleLR`, whose steps these are.
 */
export function oneCycle(options: OneCycleOptions): Schedule {
  const { peak, totalSteps, startDivisor = 25, anneal = 'cosine' } = options;
  checkOptions(options);
  const start = peak / startDivisor;
  const interpolate = anneal === 'cosine' ? halfCosine : line;
  const phases = phasesOf(start, options);
  return (step) => {
    const at = Math.min(step, totalSteps - 1);
    let from: Phase = { end: 0, value: start };
    for (const to of phases) {
      if (at <= to.end) {
        const progress = (at - from.end) / (to.end - from.end);
        return interpolate(from.value, to.value, progress);
      }
      from = to;
    }
    return from.value;
  };
}

function phasesOf(start: number, options: OneCycleOptions): Phase[] {
  const { peak, totalSteps, warmupFraction = 0.3, endDivisor = 1e4, threePhase = false } = options;
  const rise = warmupFraction * totalSteps;
  const last = { end: totalSteps - 1, value: start / endDivisor };
  const top = { end: rise - 1, value: peak };
  return threePhase ? [top, { end: 2 * rise - 2, value: start }, last] : [top, last];
}

function line(from: number, to: number, progress: number): number {
  return (to - from) * progress + from;
}

function checkOptions(options: OneCycleOptions): void {
  const { peak, totalSteps, warmupFraction = 0.3, startDivisor = 25, endDivisor = 1e4 } = options;
  checkRate('oneCycle', 'peak', peak);
  checkWhole('oneCycle', 'totalSteps', totalSteps, 2);
  checkPositive('oneCycle', 'startDivisor', startDivisor);
  checkPositive('oneCycle', 'endDivisor', endDivisor);
  const most = options.threePhase === true ? 0.5 : 1;
  const right = warmupFraction * totalSteps > 1 && warmupFraction <= most;
  const expected = `more than one step of ${totalSteps}, and at most ${most}`;
  check('oneCycle', 'warmupFraction', warmupFraction, right, expected);
}
