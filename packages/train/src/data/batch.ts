// SPDX-License-Identifier: Apache-2.0

/** What a loss is computed on at once. */
export interface Batch {
  /** Tokens, or whatever else the loss is a mean over. */
  readonly tokens: number;
  /** True when nothing carried over from the batch before belongs to this one. Default true. */
  readonly isFirst?: boolean;
}

/**
 * Batches by number. What `at` gives depends on the number alone, so a run that is resumed at a step
 * goes on with the very batch that would have come.
 */
export interface BatchSource<B extends Batch> {
  /** Batches in one pass over the data. */
  readonly batchesPerPass: number;
  /** The batch of step `step`, counted from 0; passes follow each other. */
  at(step: number): B;
}
