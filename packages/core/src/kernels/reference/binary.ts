// SPDX-License-Identifier: Apache-2.0

import { type Float32View, float32View } from './views.ts';

/**
 * `out[i, j, k] = f(a, b)` in float32 for i < outer, j < middle, k < inner; `out` is contiguous.
 *
 * The element of `a` is `aOuter·i + aMiddle·j + aInner·k` elements behind `a`, that of `b` likewise; a
 * stride of 0 repeats the operand along its axis. `aInner` and `bInner` are 0 or 1, and not both 0.
 * `out` may be `a` or `b` where that operand is contiguous.
 */
export type BroadcastKernel = (
  a: number,
  b: number,
  out: number,
  outer: number,
  middle: number,
  inner: number,
  aOuter: number,
  aMiddle: number,
  aInner: number,
  bOuter: number,
  bMiddle: number,
  bInner: number,
) => void;

/** Elementwise functions of two tensors, and sums of scaled tensors. */
export interface BinaryKernels {
  /** `a + b`. */
  add: BroadcastKernel;
  /** `a − b`. */
  sub: BroadcastKernel;
  /** `a · b`. */
  mul: BroadcastKernel;
  /** `a / b`. */
  div: BroadcastKernel;
  /** The lesser of a and b, NaN where one is NaN; −0 is less than 0. */
  minimum: BroadcastKernel;
  /** The greater of a and b, NaN where one is NaN. */
  maximum: BroadcastKernel;
  /** `(a − b)²`. */
  squaredDifference: BroadcastKernel;
  /**
   * `a^b`, with the special cases of C's `pow` (C17, F.10.4.4), which unlike JavaScript's makes
   * `1^b` and `(−1)^±Infinity` 1.
   */
  pow: BroadcastKernel;
  /** `sum[i] += x[i]` for i < n. */
  addInPlace(sum: number, x: number, n: number): void;
  /** `out[i] = factor · x[i] + term` for i < n, each step rounded; `out` may be `x`. */
  affine(x: number, out: number, n: number, factor: number, term: number): void;
  /**
   * `out[i] = xFactor · x[i] + yFactor · y[i]` for i < n, each step rounded; `out` may be `x` or `y`.
   */
  axpby(x: number, y: number, out: number, n: number, xFactor: number, yFactor: number): void;
}

/** The kernels of `BinaryKernels` as plain loops; all but `pow` have equal bits. */
export function createBinaryReference(memory: WebAssembly.Memory): BinaryKernels {
  const binary =
    (f: (a: number, b: number) => number): BroadcastKernel =>
    (a, b, out, ...loops) => {
      const [left, right] = [float32View(memory, a), float32View(memory, b)];
      const to = float32View(memory, out);
      broadcastLoop(left, right, loops, (i, x, y) => to.set(i, f(x, y)));
    };
  return {
    add: binary((a, b) => a + b),
    sub: binary((a, b) => a - b),
    mul: binary((a, b) => a * b),
    div: binary((a, b) => a / b),
    minimum: binary(Math.min),
    maximum: binary(Math.max),
    squaredDifference: binary((a, b) => Math.fround(a - b) ** 2),
    pow: binary(pow),
    addInPlace(sum, x, n) {
      const [to, from] = [float32View(memory, sum), float32View(memory, x)];
      for (let i = 0; i < n; i++) to.set(i, to.get(i) + from.get(i));
    },
    affine(x, out, n, factor, term) {
      const [from, to] = [float32View(memory, x), float32View(memory, out)];
      const [scale, shift] = [Math.fround(factor), Math.fround(term)];
      for (let i = 0; i < n; i++) to.set(i, Math.fround(scale * from.get(i)) + shift);
    },
    axpby(x, y, out, n, xFactor, yFactor) {
      const [left, right] = [float32View(memory, x), float32View(memory, y)];
      const to = float32View(memory, out);
      const [a, b] = [Math.fround(xFactor), Math.fround(yFactor)];
      for (let i = 0; i < n; i++) {
        to.set(i, Math.fround(a * left.get(i)) + Math.fround(b * right.get(i)));
      }
    },
  };
}

/** The sizes and strides of a `BroadcastKernel`, in its order. */
export type BroadcastLoops = readonly [
  outer: number,
  middle: number,
  inner: number,
  aOuter: number,
  aMiddle: number,
  aInner: number,
  bOuter: number,
  bMiddle: number,
  bInner: number,
];

/** Calls `visit` with the place in the output and the two elements, in the order of the output. */
export function broadcastLoop(
  a: Float32View,
  b: Float32View,
  loops: BroadcastLoops,
  visit: (i: number, a: number, b: number) => void,
): void {
  const [outer, middle, inner, aOuter, aMiddle, aInner, bOuter, bMiddle, bInner] = loops;
  let at = 0;
  for (let i = 0; i < outer; i++) {
    for (let j = 0; j < middle; j++) {
      const [startA, startB] = [i * aOuter + j * aMiddle, i * bOuter + j * bMiddle];
      for (let k = 0; k < inner; k++) {
        visit(at++, a.get(startA + k * aInner), b.get(startB + k * bInner));
      }
    }
  }
}

/** C's `pow` in float64. */
export function pow(x: number, y: number): number {
  if (x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY)) return 1;
  return x ** y;
}
