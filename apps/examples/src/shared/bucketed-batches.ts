// SPDX-License-Identifier: Apache-2.0
import { type RandomStream, tidy, uniform } from '@tapeloop/core';

/** Batches whose examples are sorted by length together: enough for rows of nearly equal length. */
const batchesInPool = 100;

/** How a `BucketedBatches` cuts. */
export interface BucketingOptions<Example> {
  /** Examples in a batch; the last batch of a pass may have fewer. */
  readonly batch: number;
  readonly lengthOf: (example: Example) => number;
  /** Decides the order of each pass. */
  readonly stream: RandomStream;
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
 * so every example comes once in a pass, with other companions each time.
 */
export class BucketedBatches<Example> {
  readonly batchesPerPass: number;
  readonly #examples: readonly Example[];
  readonly #options: BucketingOptions<Example>;
  #pass = -1;
  #batches: readonly (readonly Example[])[] = [];

  /** @param examples at least one. */
  constructor(examples: readonly Example[], options: BucketingOptions<Example>) {
    this.batchesPerPass = Math.ceil(examples.length / options.batch);
    this.#examples = examples;
    this.#options = options;
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
    const { batch, lengthOf, stream } = this.#options;
    const order = stream.fork(`pass ${pass}`);
    const pools = chunks(shuffled(this.#examples, order), batch * batchesInPool);
    const sorted = pools.flatMap((pool) => pool.sort((a, b) => lengthOf(a) - lengthOf(b)));
    return shuffled(chunks(sorted, batch), order);
  }
}

/** The items in an order that the stream decides. */
export function shuffled<T>(items: readonly T[], stream: RandomStream): T[] {
  const keys = tidy(() => uniform([items.length], { stream }).data());
  const places = items.map((item, i) => ({ item, key: keys[i] ?? 0 }));
  return places.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

/** Cuts a list into parts of `size`; the last may be shorter. */
export function chunks<T>(items: readonly T[], size: number): T[][] {
  const parts = Math.ceil(items.length / size);
  return Array.from({ length: parts }, (_, i) => items.slice(i * size, (i + 1) * size));
}
