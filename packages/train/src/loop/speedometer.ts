// SPDX-License-Identifier: Apache-2.0

/** How much the last step counts: the rate follows the last 20 steps or so. */
const newShare = 0.05;

/** A running rate of tokens a second. */
export class Speedometer {
  #seconds: number | undefined;
  #tokens = 0;

  /** Takes note of a step. Returns the rate. */
  add(tokens: number, seconds: number): number {
    const share = this.#seconds === undefined ? 1 : newShare;
    this.#seconds = (this.#seconds ?? 0) * (1 - share) + seconds * share;
    this.#tokens += share * (tokens - this.#tokens);
    return this.#tokens / this.#seconds;
  }
}
