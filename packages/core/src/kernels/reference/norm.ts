// SPDX-License-Identifier: Apache-2.0

import { float32View } from './views.ts';

/** The parts of a norm over many tensors. */
export interface NormKernels {
  /**
   * `Σ x[i]²` for i < n, summed in float64: float32 squares neither overflow nor vanish. The order
   * of the sum is fixed and every WASM build rounds alike, so equal data gives equal bits. NaN and
   * Infinity come through.
   */
  squaredNorm(x: number, n: number): number;
  /** `x[i] *= factor` for i < n. */
  scaleInPlace(x: number, n: number, factor: number): void;
}

/** The kernels of `NormKernels` as plain loops. */
export function createNormReference(memory: WebAssembly.Memory): NormKernels {
  return {
    squaredNorm(x, n) {
      const view = float32View(memory, x);
      let sum = 0;
      for (let i = 0; i < n; i++) sum += view.get(i) ** 2;
      return sum;
    },
    scaleInPlace(x, n, factor) {
      const view = float32View(memory, x);
      for (let i = 0; i < n; i++) view.set(i, view.get(i) * Math.fround(factor));
    },
  };
}
