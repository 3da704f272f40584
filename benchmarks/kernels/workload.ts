// SPDX-License-Identifier: Apache-2.0

/** Calls of one kernel; `repeats` of them are timed together. */
export type Workload = ProductWorkload | RowsWorkload;

/** `C[m, n] = op(A)[m, k] · op(B)[k, n]`. */
export interface ProductWorkload {
  readonly kind: 'product';
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** A is stored as [k, m]. */
  readonly transposeA: boolean;
  /** B is stored as [n, k]. */
  readonly transposeB: boolean;
  /** B comes packed, where a contestant has that. */
  readonly packed: boolean;
  readonly repeats: number;
}

/** A function of `x`, `y` and `indices` below, by its name in `subjects.ts`. */
export interface RowsWorkload {
  readonly kind: 'rows';
  readonly subject: string;
  readonly repeats: number;
}

/** Operands are matrices of 64 rows of 128: 32 kB, which the second-level cache holds. */
export const rows = 64;
export const width = 128;
export const elements: number = rows * width;

/** Numbers in [−4, 4] that all differ. */
export function xValues(): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: elements }, (_, i) => 4 * Math.cos(i));
}

/** Numbers in (0, 1) that all differ. */
export function yValues(): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: elements }, (_, i) => 0.5 + 0.49 * Math.sin(i));
}

/** Every row once, out of order. */
export function indexValues(): Int32Array<ArrayBuffer> {
  return Int32Array.from({ length: rows }, (_, i) => (i * 7) % rows);
}

/** A as it is stored. */
export function aValues({ m, k }: ProductWorkload): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: m * k }, (_, i) => Math.cos(i));
}

/** B as it is stored. */
export function bValues({ k, n }: ProductWorkload): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: k * n }, (_, i) => Math.sin(i));
}

/** One place in each row of C, and what must stand there, in float64. */
export function expectedProduct(workload: ProductWorkload): { place: number; value: number }[] {
  const { m, n, k, transposeA, transposeB } = workload;
  const [a, b] = [aValues(workload), bValues(workload)];
  return Array.from({ length: m }, (_, i) => {
    const j = (7 * i) % n;
    let value = 0;
    for (let p = 0; p < k; p++) {
      const left = a[transposeA ? p * m + i : i * k + p] ?? Number.NaN;
      value += left * (b[transposeB ? j * k + p : p * n + j] ?? Number.NaN);
    }
    return { place: i * n + j, value };
  });
}
