// SPDX-License-Identifier: Apache-2.0

import { erf, normalCdf } from './erf.ts';
import { float32View } from './views.ts';

/** `out[i] = f(x[i])` for i < n, float32; `out` may be `x`. */
export type UnaryKernel = (x: number, out: number, n: number) => void;

/**
 * Elementwise functions of one tensor. NaN gives NaN; error bounds are in the titles of
 * `unary.test.ts`. The vector code runs on every element, the last ones too, so a value depends on
 * its input only, not on its place.
 */
export interface UnaryKernels {
  /** `e^x`; beyond 88.72 Infinity, down to the last subnormal number below. */
  exp: UnaryKernel;
  /** `e^x − 1`, accurate relative to itself near 0. */
  expm1: UnaryKernel;
  /** The natural logarithm: −Infinity at 0 and −0, NaN below. */
  log: UnaryKernel;
  /** `log(1 + x)`, accurate relative to itself near 0: −Infinity at −1, NaN below. */
  log1p: UnaryKernel;
  /** The hyperbolic tangent; never beyond ±1. */
  tanh: UnaryKernel;
  /** `1 / (1 + e^−x)`, in [0, 1]; 0 below −88.72. */
  sigmoid: UnaryKernel;
  /** The error function, `2/√π · ∫₀ˣ e^(−t²) dt`; never beyond ±1. */
  erf: UnaryKernel;
  /** `log(1 + e^x)`. */
  softplus: UnaryKernel;
  /** `x · sigmoid(x)`, also called swish; 0 at −Infinity. */
  silu: UnaryKernel;
  /** `x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))` (Hendrycks and Gimpel 2016); 0 at −Infinity. */
  geluTanh: UnaryKernel;
  /** `x · Φ(x) = x/2 · (1 + erf(x/√2))` (Hendrycks and Gimpel 2016); 0 at −Infinity. */
  geluErf: UnaryKernel;
  /** `max(x, 0)`. */
  relu: UnaryKernel;
  /** `−x`. */
  neg: UnaryKernel;
  /** `|x|`. */
  abs: UnaryKernel;
  /** `x²`. */
  square: UnaryKernel;
  /** `√x`. */
  sqrt: UnaryKernel;
  /** `1 / √x`, by a square root and a division. */
  rsqrt: UnaryKernel;
  /** `1 / x`. */
  reciprocal: UnaryKernel;
  /** The greatest integer not above x. */
  floor: UnaryKernel;
  /** −1, 0 or 1; −0 stays −0. */
  sign: UnaryKernel;
  /** `min(max(x, low), high)`; `low` must not be above `high`. */
  clip(x: number, out: number, n: number, low: number, high: number): void;
}

/** The functions in float64, which the kernels' errors are measured against. */
export const unaryFunctions = {
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  tanh: Math.tanh,
  sigmoid: sigmoid,
  erf: erf,
  softplus: (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  silu: (x: number) => gated(x, sigmoid(x)),
  geluTanh: (x: number) => gated(x, sigmoid(geluInner(x))),
  geluErf: (x: number) => gated(x, normalCdf(x)),
  relu: (x: number) => (x >= 0 || Number.isNaN(x) ? x : 0),
  neg: (x: number) => -x,
  abs: Math.abs,
  square: (x: number) => x * x,
  sqrt: Math.sqrt,
  rsqrt: (x: number) => 1 / Math.sqrt(x),
  reciprocal: (x: number) => 1 / x,
  floor: Math.floor,
  sign: Math.sign,
} satisfies Record<Exclude<keyof UnaryKernels, 'clip'>, (x: number) => number>;

/** The kernels of `UnaryKernels` by float64 functions, rounded once. */
export function createUnaryReference(memory: WebAssembly.Memory): UnaryKernels {
  const map =
    (f: (x: number) => number): UnaryKernel =>
    (x, out, n) => {
      const [from, to] = [float32View(memory, x), float32View(memory, out)];
      for (let i = 0; i < n; i++) to.set(i, f(from.get(i)));
    };
  return {
    exp: map(unaryFunctions.exp),
    expm1: map(unaryFunctions.expm1),
    log: map(unaryFunctions.log),
    log1p: map(unaryFunctions.log1p),
    tanh: map(unaryFunctions.tanh),
    sigmoid: map(unaryFunctions.sigmoid),
    erf: map(unaryFunctions.erf),
    softplus: map(unaryFunctions.softplus),
    silu: map(unaryFunctions.silu),
    geluTanh: map(unaryFunctions.geluTanh),
    geluErf: map(unaryFunctions.geluErf),
    relu: map(unaryFunctions.relu),
    neg: map(unaryFunctions.neg),
    abs: map(unaryFunctions.abs),
    square: map(unaryFunctions.square),
    sqrt: map(unaryFunctions.sqrt),
    rsqrt: map(unaryFunctions.rsqrt),
    reciprocal: map(unaryFunctions.reciprocal),
    floor: map(unaryFunctions.floor),
    sign: map(unaryFunctions.sign),
    clip(x, out, n, low, high) {
      map((value) => Math.min(Math.max(value, low), high))(x, out, n);
    },
  };
}

/** `1 / (1 + e^−x)` in float64. */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** What `geluTanh` puts into a sigmoid: `2 · √(2/π) · (x + 0.044715 x³)`, in float64. */
export function geluInner(x: number): number {
  return 2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);
}

function gated(x: number, gate: number): number {
  return x === Number.NEGATIVE_INFINITY ? -0 : x * gate;
}
