// SPDX-License-Identifier: Apache-2.0
import { checkWhole } from './options.ts';
import type { AveragingTrigger } from './rules/asgd.ts';

/** Where a `NonMonotonicTrigger` stands; plain data that JSON keeps. */
export interface NonMonotonicTriggerState {
  readonly losses: readonly number[];
  readonly triggered: boolean;
}

/**
 * Fires when a validation loss is worse than the best one of more than n checks ago: the time for
 * `asgd` to start averaging. Once fired it stays so.
 *
 * ```
 * fires at check t when t > n and v > min(losses of checks 0 … t − n − 1)
 * ```
 *
 * The optimizer's state holds when averaging started; the checks so far are in `state()`.
 *
 * @see Merity, Keskar and Socher 2018, "Regularizing and Optimizing LSTM Language Models",
 *   algorithm 1.
 *
 * @example
 * const trigger = new NonMonotonicTrigger();
 * const optimizer = new Optimizer(parameters, asgd({ learningRate: 30, start: trigger }));
 * // after each epoch
 * trigger.observe(validationLoss);
 */
export class NonMonotonicTrigger implements AveragingTrigger {
  readonly #interval: number;
  #losses: number[] = [];
  #triggered = false;

  /** @param interval n, the paper's non-monotone interval: a whole number of at least 0. */
  constructor(interval = 5) {
    checkWhole('NonMonotonicTrigger', 'interval', interval, 0);
    this.#interval = interval;
  }

  /** True from the check on at which it fired. */
  get triggered(): boolean {
    return this.#triggered;
  }

  /** Takes in a validation loss and returns whether the trigger has fired. */
  observe(loss: number): boolean {
    const earlier = this.#losses.slice(0, Math.max(0, this.#losses.length - this.#interval));
    if (earlier.length > 0 && loss > Math.min(...earlier)) this.#triggered = true;
    this.#losses.push(loss);
    return this.#triggered;
  }

  /** Where it stands. */
  state(): NonMonotonicTriggerState {
    return { losses: [...this.#losses], triggered: this.#triggered };
  }

  /** Goes on from where one with the same interval stood. */
  restore({ losses, triggered }: NonMonotonicTriggerState): void {
    this.#losses = [...losses];
    this.#triggered = triggered;
  }
}
