// SPDX-License-Identifier: Apache-2.0
import { count, duration } from '../shared/terminal.ts';
import { bits, type StepReport } from './train.ts';

/** How much the last step counts in the running rate: the rate follows the last 20 steps or so. */
const newShare = 0.05;

/** Describes training steps as a line, with the speed and the time that is left. */
export class Progress {
  readonly #totalSteps: number;
  readonly #digits: number;
  readonly #clock: () => number;
  #firstStep: number;
  #before: number;
  #secondsPerStep = 0;
  #charactersPerStep = 0;

  /**
   * @param stepsMade before now, in an earlier part of the run.
   * @param clock milliseconds.
   */
  constructor(
    stepsMade: number,
    totalSteps: number,
    clock: () => number = () => performance.now(),
  ) {
    this.#totalSteps = totalSteps;
    this.#digits = String(totalSteps).length;
    this.#clock = clock;
    this.#firstStep = stepsMade + 1;
    this.#before = clock();
  }

  /** The line after a step that has just been made. */
  describe({ step, loss, gradientNorm, characters }: StepReport): string {
    const now = this.#clock();
    const seconds = (now - this.#before) / 1000;
    this.#before = now;
    const share = step === this.#firstStep ? 1 : newShare;
    this.#secondsPerStep += share * (seconds - this.#secondsPerStep);
    this.#charactersPerStep += share * (characters - this.#charactersPerStep);
    const rate = this.#charactersPerStep / this.#secondsPerStep;
    const left = (this.#totalSteps - step) * this.#secondsPerStep;
    return (
      `step ${String(step).padStart(this.#digits)}/${this.#totalSteps}  ` +
      `loss ${loss.toFixed(4)} nats, ${bits(loss).toFixed(4)} bits  ` +
      `norm ${gradientNorm.toFixed(4)}  ${count(rate)} chars/s  ${duration(left)} left`
    );
  }

  /** Runs `fn` off the clock. */
  pause(fn: () => void): void {
    const start = this.#clock();
    fn();
    this.#before += this.#clock() - start;
  }
}
