// SPDX-License-Identifier: Apache-2.0
import type { RandomStream } from '@tapeloop/core';
import { check, checkRank, checkWhole } from '../check.ts';
import { chunks, shuffled } from './shuffled.ts';

const op = 'BucketedBatches';

/** Batches whose examples are sorted by length together: enough for rows of nearly equal length. */
const batchesInPool = 100;

/** How a `BucketedBatches` cuts. */
export interface BucketingOptions<Example> {
  /**
   * Examples in a batch, with more than one rank those of each; the last batch of a pass may have
   * fewer. At least 1.
   */
  readonly batch: number;
  /** What examples of one batch should have in common: the number of steps, most often. */
  readonly lengthOf: (example: Example) => number;
  /** Decides the order of each pass; the same on every rank. */
  readonly stream: RandomStream;
  /** Which share these are, where several processes share the examples: in [0, ranks). Default 0. */
  readonly rank?: number;
  /** How many processes share them. Default 1. */
  readonly ranks?: number;
}

/**
 * Batches of examples of similar length, so that little padding fills them up, in another order in
 * every pass over the data. Each pass
 *
 * ```
 * shuffles the examples      bb dddd a cc eeeee ccc …
 * sorts pools by length      a bb cc ccc dddd eeeee …
 * cuts them into batches     [a bb] [cc ccc] [dddd eeeee] …
 * shuffles the batches       [cc ccc] [dddd eeeee] [a bb] …
 * ```
 *
 * so every example comes once in a pass, with other companions each time. With several ranks the
 * batches are cut for all and shared out, example by example; what is left at the end of a pass and
 * does not give each rank one is left out of it.
 */
export class BucketedBatches<Example> {
  readonly batchesPerPass: number;
  readonly #examples: readonly Example[];
  readonly #options: Required<BucketingOptions<Example>>;
  #pass = -1;
  #batches: readonly (readonly Example[])[] = [];

  /**
   * @param examples at least one for each rank.
   * @throws ValueError when there are fewer, or an option is out of range.
   */
  constructor(examples: readonly Example[], options: BucketingOptions<Example>) {
    const { batch, rank = 0, ranks = 1 } = options;
    const { length } = examples;
    checkWhole(op, 'batch', batch);
    checkRank(op, rank, ranks);
    check(op, 'examples', length, length >= ranks, `at least ${ranks}`);
    const rest = length % (batch * ranks);
    this.batchesPerPass = Math.floor(length / (batch * ranks)) + Number(rest >= ranks);
    this.#examples = examples;
    this.#options = { ...options, rank, ranks };
  }

  /** The batch of training step `step`, counted from 0; passes follow each other. */
  at(step: number): readonly Example[] {
    const pass = Math.floor(step / this.batchesPerPass);
    if (pass !== this.#pass) {
      this.#batches = this.#batchesOf(pass);
      this.#pass = pass;
    }
    return this.#batches[step % this.batchesPerPass] ?? [];
  }

  #batchesOf(pass: number): readonly (readonly Example[])[] {
    const { batch, lengthOf, stream, rank, ranks } = this.#options;
    const order = stream.fork(`pass ${pass}`);
    const pools = chunks(shuffled(this.#examples, order), batch * ranks * batchesInPool);
    const sorted = pools.flatMap((pool) => pool.sort((a, b) => lengthOf(a) - lengthOf(b)));
    const whole = chunks(sorted, batch * ranks).slice(0, this.batchesPerPass);
    return shuffled(whole, order).map((each) => each.filter((_, i) => i % ranks === rank));
  }
}
