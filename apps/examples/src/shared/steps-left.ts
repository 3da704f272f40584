// SPDX-License-Identifier: Apache-2.0
import { duration } from './terminal.ts';

/** How much the last step counts in the running time of a step, which follows the last 20 or so. */
const newShare = 0.05;

/** Tells how far a run is: `step   1/200  … 1:40 left`. */
export class StepsLeft {
  readonly #totalSteps: number;
  readonly #clock: () => number;
  #before: number;
  #secondsPerStep = Number.NaN;

  /** @param clock milliseconds. */
  constructor(totalSteps: number, clock: () => number = () => performance.now()) {
    this.#totalSteps = totalSteps;
    this.#clock = clock;
    this.#before = clock();
  }

  /**
   * The line after a step that has just been made.
   *
   * @param result what the step gave, told the time that a step takes.
   */
  describe(step: number, result: (secondsPerStep: number) => string): string {
    const now = this.#clock();
    const seconds = (now - this.#before) / 1000;
    this.#before = now;
    const change = seconds - this.#secondsPerStep;
    this.#secondsPerStep = Number.isNaN(change)
      ? seconds
      : this.#secondsPerStep + newShare * change;
    const place = String(step).padStart(String(this.#totalSteps).length);
    const left = (this.#totalSteps - step) * this.#secondsPerStep;
    return `step ${place}/${this.#totalSteps}  ${result(this.#secondsPerStep)}  ${duration(left)} left`;
  }

  /** Runs `fn` off the clock. */
  pause(fn: () => void): void {
    const start = this.#clock();
    fn();
    this.#before += this.#clock() - start;
  }
}
