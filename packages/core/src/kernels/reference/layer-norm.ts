// SPDX-License-Identifier: Apache-2.0

import { float32View } from './views.ts';

/**
 * Layer normalisation of the rows of `x[rows, n]`, float32 (Ba, Kiros and Hinton 2016).
 *
 * With m the mean of a row, v the mean of `(x − m)²` and `r = 1 / √(v + ε)`, the normalised row is
 * `z = (x − m) · r` and the result `y = z · gamma + beta`. `gamma[n]` and `beta[n]` may be 0 instead
 * of an address, for ones and zeros.
 */
export interface LayerNormKernels {
  /** Writes y[rows, n], mean[rows] = m and rstd[rows] = r; `y` may be `x`. */
  layerNorm(
    x: number,
    gamma: number,
    beta: number,
    y: number,
    mean: number,
    rstd: number,
    rows: number,
    n: number,
    epsilon: number,
  ): void;
  /**
   * With `g = dy · gamma`: `dx = r · (g − mean(g) − z · mean(g · z))`, `dgamma = Σ dy · z` and
   * `dbeta = Σ dy` over the rows.
   *
   * @param dx may be `dy`; each of `dx`, `dgamma` and `dbeta` may be 0, to be left out
   */
  layerNormGrad(
    x: number,
    gamma: number,
    mean: number,
    rstd: number,
    dy: number,
    dx: number,
    dgamma: number,
    dbeta: number,
    rows: number,
    n: number,
  ): void;
}

/** The kernels of `LayerNormKernels` in float64, rounded once. */
export function createLayerNormReference(memory: WebAssembly.Memory): LayerNormKernels {
  const orElse = (pointer: number, fallback: number): ((i: number) => number) => {
    const view = float32View(memory, pointer);
    return pointer === 0 ? () => fallback : (i) => view.get(i);
  };
  return {
    layerNorm(x, gamma, beta, y, mean, rstd, rows, n, epsilon) {
      const [from, to] = [float32View(memory, x), float32View(memory, y)];
      const [means, factors] = [float32View(memory, mean), float32View(memory, rstd)];
      const [scale, shift] = [orElse(gamma, 1), orElse(beta, 0)];
      for (let row = 0; row < rows; row++) {
        const line = Float64Array.from({ length: n }, (_, i) => from.get(row * n + i));
        const m = line.reduce((sum, value) => sum + value, 0) / n;
        const variance = line.reduce((sum, value) => sum + (value - m) ** 2, 0) / n;
        const r = 1 / Math.sqrt(variance + Math.fround(epsilon));
        means.set(row, m);
        factors.set(row, r);
        for (const [i, value] of line.entries()) {
          to.set(row * n + i, (value - m) * r * scale(i) + shift(i));
        }
      }
    },
    layerNormGrad(x, gamma, mean, rstd, dy, dx, dgamma, dbeta, rows, n) {
      const [from, change] = [float32View(memory, x), float32View(memory, dy)];
      const [means, factors] = [float32View(memory, mean), float32View(memory, rstd)];
      const [scale, to] = [orElse(gamma, 1), float32View(memory, dx)];
      const [gammaSums, betaSums] = [new Float64Array(n), new Float64Array(n)];
      for (let row = 0; row < rows; row++) {
        const r = factors.get(row);
        const z = Float64Array.from(
          { length: n },
          (_, i) => (from.get(row * n + i) - means.get(row)) * r,
        );
        const d = Float64Array.from({ length: n }, (_, i) => change.get(row * n + i));
        const g = d.map((value, i) => value * scale(i));
        const meanOfG = g.reduce((sum, value) => sum + value, 0) / n;
        const meanWithZ = g.reduce((sum, value, i) => sum + value * (z[i] ?? 0), 0) / n;
        for (let i = 0; i < n; i++) {
          gammaSums[i] = (gammaSums[i] ?? 0) + (d[i] ?? 0) * (z[i] ?? 0);
          betaSums[i] = (betaSums[i] ?? 0) + (d[i] ?? 0);
          if (dx !== 0) to.set(row * n + i, r * ((g[i] ?? 0) - meanOfG - (z[i] ?? 0) * meanWithZ));
        }
      }
      const outputs = [
        { pointer: dgamma, sums: gammaSums },
        { pointer: dbeta, sums: betaSums },
      ];
      for (const { pointer, sums } of outputs) {
        const view = float32View(memory, pointer);
        for (let i = 0; pointer !== 0 && i < n; i++) view.set(i, sums[i] ?? 0);
      }
    },
  };
}
