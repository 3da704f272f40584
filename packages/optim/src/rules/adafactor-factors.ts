// SPDX-License-Identifier: Apache-2.0

/** The averages of a stack of matrices `[…, height, width]`: rows `[…, height]`, columns `[…, width]`. */
export interface Factors {
  readonly rows: Float32Array;
  readonly columns: Float32Array;
  readonly height: number;
  readonly width: number;
}

/** `v ← β₂ · v + (1 − β₂) · g²` of each element. */
export function moveSquares(v: Float32Array, gradient: Float32Array, beta2: number): void {
  for (let i = 0; i < v.length; i++) {
    const g = gradient[i] ?? 0;
    v[i] = beta2 * (v[i] ?? 0) + (1 - beta2) * g * g;
  }
}

/** Moves the averages of g² over each row and each column on. */
export function moveFactors(factors: Factors, gradient: Float32Array, beta2: number): void {
  const { rows, columns, height, width } = factors;
  const columnSums = new Float64Array(width);
  for (let matrix = 0; matrix * height < rows.length; matrix++) {
    columnSums.fill(0);
    for (let i = 0; i < height; i++) {
      const row = matrix * height + i;
      let rowSum = 0;
      for (let j = 0; j < width; j++) {
        const g = gradient[row * width + j] ?? 0;
        rowSum += g * g;
        columnSums[j] = (columnSums[j] ?? 0) + g * g;
      }
      rows[row] = beta2 * (rows[row] ?? 0) + ((1 - beta2) * rowSum) / width;
    }
    for (let j = 0; j < width; j++) {
      const at = matrix * width + j;
      columns[at] = beta2 * (columns[at] ?? 0) + ((1 - beta2) * (columnSums[j] ?? 0)) / height;
    }
  }
}

/** `V[i, j] = rows[i] · columns[j] / max(mean of rows, ε₁)` of each matrix. */
export function factoredVariance(out: Float32Array, factors: Factors, epsilon1: number): void {
  const { rows, columns, height, width } = factors;
  for (let matrix = 0; matrix * height < rows.length; matrix++) {
    let sum = 0;
    for (let i = 0; i < height; i++) sum += rows[matrix * height + i] ?? 0;
    const mean = Math.max(sum / height, epsilon1);
    for (let i = 0; i < height; i++) {
      const row = matrix * height + i;
      const scale = (rows[row] ?? 0) / mean;
      for (let j = 0; j < width; j++) {
        out[row * width + j] = scale * (columns[matrix * width + j] ?? 0);
      }
    }
  }
}
