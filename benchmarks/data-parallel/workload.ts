// SPDX-License-Identifier: Apache-2.0

/** The language model that every worker trains, whatever its workload: two LSTM layers. */
export const architecture = { vocabularySize: 96, embedding: 64, layers: 2 } as const;

/** How large the model is, and what every worker does with it. */
export interface Workload {
  readonly hidden: number;
  /** Rows of each worker. */
  readonly batch: number;
  readonly window: number;
  readonly warmUp: number;
  readonly steps: number;
  /** Each worker trains a model of its own, as if it were the only one. Default: all train one. */
  readonly apart?: boolean;
}

/** What a worker tells when it has made its steps. */
export interface Report {
  /** Of every step, over all workers. */
  readonly losses: readonly number[];
  /** Milliseconds of the steps after the warm-up. */
  readonly milliseconds: number;
}
