// SPDX-License-Identifier: Apache-2.0
import { kernels } from '../backend.ts';
import { defineOp, type Op } from '../op.ts';
import { normalizeAxis } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { mul, sub } from './arithmetic.ts';
import { exp } from './exponential.ts';
import { fusedGradient } from './fused-gradient.ts';
import { checkTensor } from './operand.ts';
import { sum } from './reduce.ts';
import { moveAxis } from './transpose.ts';

/** Options of `softmax` and `logSoftmax`. */
export interface SoftmaxOptions {
  /** The axis whose elements compete. Default the last. */
  readonly axis?: number;
}

type RowOp = Op<readonly [Tensor], void, Tensor>;

/** The declared op of `softmax`, along the last axis. */
export const softmaxOp: RowOp = defineOp({
  name: 'softmax',
  forward: ([x]: readonly [Tensor]) => ofRows('softmax', x),
  save: (_, y) => [y],
  gradient: (dy, { saved: [y] }) => [() => rowsGradient('softmaxGrad', y, dy, softmaxGradient)],
});

/** The declared op of `logSoftmax`, along the last axis. */
export const logSoftmaxOp: RowOp = defineOp({
  name: 'logSoftmax',
  forward: ([x]: readonly [Tensor]) => ofRows('logSoftmax', x),
  save: (_, y) => [y],
  gradient: (dy, { saved: [y] }) => [
    () => rowsGradient('logSoftmaxGrad', y, dy, logSoftmaxGradient),
  ],
});

/**
 * eˣ / Σ eˣ along an axis: numbers in [0, 1] that sum to 1. The greatest element is subtracted first,
 * so nothing overflows.
 *
 * −Infinity gives 0. Where all are −Infinity, or one is Infinity or NaN, all become NaN.
 *
 * @param x float32, not a scalar.
 * @throws ValueError when the axis is out of range.
 */
export function softmax(x: Tensor, options: SoftmaxOptions = {}): Tensor {
  return along('softmax', softmaxOp, x, options);
}

/**
 * log softmax(x) = x − log Σ eˣ along an axis, exact also where softmax(x) is too small for float32.
 *
 * −Infinity gives −Infinity. Where all are −Infinity, or one is Infinity or NaN, all become NaN.
 *
 * @param x float32, not a scalar.
 * @throws ValueError when the axis is out of range.
 */
export function logSoftmax(x: Tensor, options: SoftmaxOptions = {}): Tensor {
  return along('logSoftmax', logSoftmaxOp, x, options);
}

function along(name: string, op: RowOp, x: Tensor, { axis = -1 }: SoftmaxOptions): Tensor {
  checkTensor(name, 'x', x);
  const from = normalizeAxis(name, axis, x.rank);
  const last = x.rank - 1;
  return moveAxis(op([moveAxis(x, from, last)]), last, from);
}

function ofRows(name: 'softmax' | 'logSoftmax', x: Tensor): Tensor {
  const out = Tensor.empty(x.shape, 'float32', name);
  kernels()[name](x.pointer, out.pointer, ...rowsOf(x));
  return out;
}

function rowsGradient(
  kernel: 'softmaxGrad' | 'logSoftmaxGrad',
  y: Tensor,
  dy: Tensor,
  byOps: (y: Tensor, dy: Tensor) => Tensor,
): Tensor {
  const run = (dx: Tensor) => kernels()[kernel](y.pointer, dy.pointer, dx.pointer, ...rowsOf(y));
  return fusedGradient(dy, run, () => byOps(y, dy));
}

/** dx = y·(dy − Σ dy·y) */
function softmaxGradient(y: Tensor, dy: Tensor): Tensor {
  return mul(y, sub(dy, sum(mul(dy, y), { axis: -1, keepDims: true })));
}

/** dx = dy − eʸ·Σ dy */
function logSoftmaxGradient(y: Tensor, dy: Tensor): Tensor {
  return sub(dy, mul(exp(y), sum(dy, { axis: -1, keepDims: true })));
}

function rowsOf(x: Tensor): readonly [rows: number, n: number] {
  const n = x.shape.at(-1) ?? 1;
  return [n === 0 ? 0 : x.size / n, n];
}
