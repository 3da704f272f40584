// SPDX-License-Identifier: Apache-2.0
import { kernels } from '../backend.ts';
import { tidy } from '../scope.ts';
import { broadcastShapes, type Shape, sameShape } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { repeated } from './loops.ts';

/** `condition ? a : b` elementwise, unrecorded, all three broadcast against each other. */
export function selectElements(op: string, condition: Tensor, a: Tensor, b: Tensor): Tensor {
  const shape = broadcastShapes(op, condition.shape, broadcastShapes(op, a.shape, b.shape));
  // A single element is repeated on the way.
  const isReady = (x: Tensor) => x.size === 1 || sameShape(x.shape, shape);
  if (sameShape(condition.shape, shape) && isReady(a) && isReady(b)) {
    return selectAlike(op, shape, condition, a, b);
  }
  const fit = (x: Tensor) => (isReady(x) ? x : repeated(x, shape, op));
  return tidy(() => selectAlike(op, shape, repeated(condition, shape, op), fit(a), fit(b)));
}

/** The condition is of the result's shape; a and b are, or have one element. */
function selectAlike(op: string, shape: Shape, condition: Tensor, a: Tensor, b: Tensor): Tensor {
  const out = Tensor.empty(shape, a.dtype, op);
  const strides = [Number(a.size !== 1), Number(b.size !== 1)] as const;
  if (a.dtype === 'bool') selectBytes(condition, a, b, out, ...strides);
  else {
    const pointers = [condition.pointer, a.pointer, b.pointer, out.pointer] as const;
    kernels().select(...pointers, out.size, ...strides);
  }
  return out;
}

function selectBytes(
  condition: Tensor,
  a: Tensor,
  b: Tensor,
  out: Tensor,
  aStride: number,
  bStride: number,
): void {
  const [test, x, y, to] = [condition.view(), a.view(), b.view(), out.view()];
  for (let i = 0; i < to.length; i++) to[i] = (test[i] ? x[i * aStride] : y[i * bStride]) ?? 0;
}
