// SPDX-License-Identifier: Apache-2.0

import { type Float32View, float32View } from './views.ts';

/**
 * Softmax and its relatives over the rows of `x[rows, n]`, float32.
 *
 * The greatest element of a row is taken off first, so nothing overflows. −Infinity is a logit of
 * probability 0; a row with NaN or Infinity, or with nothing but −Infinity, becomes NaN.
 */
export interface SoftmaxKernels {
  /** `out = e^x / Σ e^x`; `out` may be `x`. */
  softmax(x: number, out: number, rows: number, n: number): void;
  /** `out = x − log Σ e^x`; `out` may be `x`. */
  logSoftmax(x: number, out: number, rows: number, n: number): void;
  /** `out[row] = log Σ e^x`; −Infinity for a row of −Infinity and Infinity for one with Infinity. */
  logSumExp(x: number, out: number, rows: number, n: number): void;
  /** `dx = y · (dy − Σ dy·y)` for y = softmax(x); `dx` may be `y` or `dy`. */
  softmaxGrad(y: number, dy: number, dx: number, rows: number, n: number): void;
  /** `dx = dy − e^y · Σ dy` for y = logSoftmax(x); `dx` may be `y` or `dy`. */
  logSoftmaxGrad(y: number, dy: number, dx: number, rows: number, n: number): void;
}

/** The kernels of `SoftmaxKernels` in float64, rounded once. */
export function createSoftmaxReference(memory: WebAssembly.Memory): SoftmaxKernels {
  const eachRow = (rows: number, n: number, visit: (start: number, row: number) => void): void => {
    for (let row = 0; row < rows; row++) visit(row * n, row);
  };
  return {
    softmax(x, out, rows, n) {
      const [from, to] = [float32View(memory, x), float32View(memory, out)];
      eachRow(rows, n, (start) => {
        const { greatest, logTotal } = logTotalOf(from, start, n);
        for (let i = start; i < start + n; i++)
          to.set(i, Math.exp(from.get(i) - greatest - logTotal));
      });
    },
    logSoftmax(x, out, rows, n) {
      const [from, to] = [float32View(memory, x), float32View(memory, out)];
      eachRow(rows, n, (start) => {
        const { greatest, logTotal } = logTotalOf(from, start, n);
        for (let i = start; i < start + n; i++) to.set(i, from.get(i) - greatest - logTotal);
      });
    },
    logSumExp(x, out, rows, n) {
      const [from, to] = [float32View(memory, x), float32View(memory, out)];
      eachRow(rows, n, (start, row) => {
        const { greatest, logTotal } = logTotalOf(from, start, n);
        to.set(
          row,
          Math.abs(greatest) === Number.POSITIVE_INFINITY ? greatest : greatest + logTotal,
        );
      });
    },
    softmaxGrad(y, dy, dx, rows, n) {
      const [output, change] = [float32View(memory, y), float32View(memory, dy)];
      const to = float32View(memory, dx);
      eachRow(rows, n, (start) => {
        let product = 0;
        for (let i = start; i < start + n; i++) product += output.get(i) * change.get(i);
        for (let i = start; i < start + n; i++)
          to.set(i, output.get(i) * (change.get(i) - product));
      });
    },
    logSoftmaxGrad(y, dy, dx, rows, n) {
      const [output, change] = [float32View(memory, y), float32View(memory, dy)];
      const to = float32View(memory, dx);
      eachRow(rows, n, (start) => {
        let total = 0;
        for (let i = start; i < start + n; i++) total += change.get(i);
        for (let i = start; i < start + n; i++) {
          to.set(i, change.get(i) - Math.exp(output.get(i)) * total);
        }
      });
    },
  };
}

/** The greatest element of a row (NaN where there is one), and `log Σ e^(x − greatest)`. */
export function logTotalOf(
  x: Float32View,
  start: number,
  n: number,
): { greatest: number; logTotal: number } {
  let greatest = Number.NEGATIVE_INFINITY;
  for (let i = start; i < start + n; i++) greatest = Math.max(greatest, x.get(i));
  let total = 0;
  for (let i = start; i < start + n; i++) total += Math.exp(x.get(i) - greatest);
  return { greatest, logTotal: Math.log(total) };
}
