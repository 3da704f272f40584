// SPDX-License-Identifier: Apache-2.0
// Elementwise loops for what has no kernel: integers, booleans, and conversions between dtypes.
import type { DType } from '../dtype.ts';
import { tidy } from '../scope.ts';
import { broadcastShapes, broadcastStrides, type Shape } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { strided } from './strided-copy.ts';

/** `f(x)` elementwise; `f` works in float64, and its result is rounded or wrapped to `dtype`. */
export function mapElements(op: string, x: Tensor, dtype: DType, f: (x: number) => number): Tensor {
  const out = Tensor.empty(x.shape, dtype, op);
  const [from, to] = [x.view(), out.view()];
  for (let i = 0; i < to.length; i++) to[i] = f(from[i] ?? 0);
  return out;
}

/** `f(a, b)` elementwise, the inputs broadcast against each other. */
export function mapPairs(
  op: string,
  a: Tensor,
  b: Tensor,
  dtype: DType,
  f: (a: number, b: number) => number,
): Tensor {
  const shape = broadcastShapes(op, a.shape, b.shape);
  return tidy(() => {
    const [left, right] = [repeated(a, shape, op), repeated(b, shape, op)];
    const out = Tensor.empty(shape, dtype, op);
    const [x, y, to] = [left.view(), right.view(), out.view()];
    for (let i = 0; i < to.length; i++) to[i] = f(x[i] ?? 0, y[i] ?? 0);
    return out;
  });
}

/** `x` repeated to `shape`, in a new handle: a view where nothing is repeated. */
export function repeated(x: Tensor, shape: Shape, op: string): Tensor {
  return strided(x, { shape, strides: broadcastStrides(x.shape, shape) }, op);
}
