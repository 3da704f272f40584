// SPDX-License-Identifier: Apache-2.0

/** How the gradient of the table comes. */
export type GradientKind = 'sparse' | 'dense';

/**
 * Steps on a table of `rows` × `width`: `ids` of its rows are looked up, the loss is the sum of their
 * squares over `ids`, and a rule moves the table.
 */
export interface Workload {
  readonly rows: number;
  readonly width: number;
  readonly ids: number;
  /** `adam` is Adam of dense gradients, its lazy form of sparse ones. */
  readonly rule: 'sgd' | 'adagrad' | 'adam';
  readonly gradient: GradientKind;
}

/** The rules' numbers, the same for everyone. */
export const learningRate = 0.05;
export const epsilon = 1e-8;

/** Batches that the steps go round. */
export const BATCHES = 16;

/** The table's first values: `cos(i)`, the same in every language. */
export function firstValues({ rows, width }: Workload): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: rows * width }, (_, i) => Math.cos(i));
}

/** The ids of batch `k`; some repeat. */
export function idsOf({ rows, ids }: Workload, k: number): Int32Array<ArrayBuffer> {
  return Int32Array.from({ length: ids }, (_, i) => (k * 7919 + i * i * 31 + i) % rows);
}
