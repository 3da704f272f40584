// SPDX-License-Identifier: Apache-2.0

/** What every worker trains. */
export interface Workload {
  readonly hidden: number;
  /** Rows of each worker. */
  readonly batch: number;
  readonly window: number;
  readonly warmUp: number;
  readonly steps: number;
}

/** What a worker tells when it has made its steps. */
export interface Report {
  /** Of every step, over all workers. */
  readonly losses: readonly number[];
  /** Milliseconds of the steps after the warm-up. */
  readonly milliseconds: number;
}
