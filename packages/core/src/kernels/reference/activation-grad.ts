// SPDX-License-Identifier: Apache-2.0

import { normalCdf } from './erf.ts';
import { geluInner, sigmoid } from './unary.ts';
import { float32View } from './views.ts';

/** `out[i] = f'(…) · dy[i]` for i < n, float32; `out` may be `dy` or the first argument. */
export type ActivationGradKernel = (xOrY: number, dy: number, out: number, n: number) => void;

/** Backward of activations in one pass. The derivatives have their limits at ±Infinity. */
export interface ActivationGradKernels {
  /** `dy · (1 − y²)`, y = tanh(x). */
  tanhGrad: ActivationGradKernel;
  /** `dy · y · (1 − y)`, y = sigmoid(x). */
  sigmoidGrad: ActivationGradKernel;
  /** `x > 0 ? dy : 0`; x may be the input or the output of relu. */
  reluGrad: ActivationGradKernel;
  /** `dy · sigmoid(x)`. */
  softplusGrad: ActivationGradKernel;
  /** `dy · s · (1 + x · (1 − s))`, s = sigmoid(x). */
  siluGrad: ActivationGradKernel;
  /** `dy · s · (1 + x · (1 − s) · u')`, s = sigmoid(u), u = 2√(2/π) · (x + 0.044715 x³). */
  geluTanhGrad: ActivationGradKernel;
  /** `dy · (Φ(x) + x · φ(x))`, Φ and φ the normal distribution and its density. */
  geluErfGrad: ActivationGradKernel;
}

/** The kernels of `ActivationGradKernels` by float64 functions, rounded once. */
export function createActivationGradReference(memory: WebAssembly.Memory): ActivationGradKernels {
  const scaled =
    (slope: (x: number) => number): ActivationGradKernel =>
    (x, dy, out, n) => {
      const [at, change] = [float32View(memory, x), float32View(memory, dy)];
      const to = float32View(memory, out);
      for (let i = 0; i < n; i++) to.set(i, change.get(i) * slope(at.get(i)));
    };
  return {
    tanhGrad: scaled((y) => 1 - y * y),
    sigmoidGrad: scaled((y) => y * (1 - y)),
    reluGrad(x, dy, out, n) {
      const [at, change] = [float32View(memory, x), float32View(memory, dy)];
      const to = float32View(memory, out);
      for (let i = 0; i < n; i++) to.set(i, at.get(i) > 0 ? change.get(i) : 0);
    },
    softplusGrad: scaled(sigmoid),
    siluGrad: scaled((x) => beforeLimit(x, siluSlope)),
    geluTanhGrad: scaled((x) => beforeLimit(x, geluTanhSlope)),
    geluErfGrad: scaled((x) => beforeLimit(x, geluErfSlope)),
  };
}

function siluSlope(x: number): number {
  return sigmoid(x) * (1 + x * sigmoid(-x));
}

function geluTanhSlope(x: number): number {
  const u = geluInner(x);
  const uSlope = 2 * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
  return sigmoid(u) * (1 + x * sigmoid(-u) * uSlope);
}

function geluErfSlope(x: number): number {
  return normalCdf(x) + (x * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

/** Beyond ±200 the slopes are 0 and 1 to the last bit, and ∞ · 0 is avoided. */
function beforeLimit(x: number, slope: (x: number) => number): number {
  return slope(Math.min(Math.max(x, -200), 200));
}
