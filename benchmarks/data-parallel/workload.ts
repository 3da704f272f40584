// SPDX-License-Identifier: Apache-2.0

/** The language model that every worker trains, whatever its workload: two LSTM layers. */
export const architecture = { vocabularySize: 96, embedding: 64, layers: 2 } as const;

/** How large the model is, and what every worker does with it. */
export interface Workload {
  readonly hidden: number;
  /** Rows of each worker. */
  readonly batch: number;
  readonly window: number;
  /** Steps before the rounds. */
  readonly warmUp: number;
  readonly rounds: number;
  /** Steps of each turn of a round. */
  readonly steps: number;
}

/** What a worker tells of a round: milliseconds a step. */
export interface Round {
  /** While the other workers sleep. */
  readonly alone: number;
  /** All workers train one model. */
  readonly together: number;
  /** Each worker trains a model of its own, and they have nothing to say to each other. */
  readonly apart: number;
}

/** What a worker tells when it is done. */
export interface Report {
  /** Of every step of the warm-up, over all workers. */
  readonly losses: readonly number[];
  readonly rounds: readonly Round[];
}
