// SPDX-License-Identifier: Apache-2.0
import { kernels } from '../backend.ts';
import { defineOp } from '../op.ts';
import { normalizeAxes, sizeOf } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { mul, sub } from './arithmetic.ts';
import { equal } from './compare.ts';
import { exp } from './exponential.ts';
import { checkTensor } from './operand.ts';
import { countOf, type ReduceOptions } from './reduce.ts';
import { keptShape } from './reduction.ts';
import { reshape } from './reshape.ts';
import { transpose } from './transpose.ts';
import { where } from './where.ts';

/** The declared op of `logSumExp`: `[rows, n]` to `[rows, 1]`. */
export const logSumExpOp = defineOp({
  name: 'logSumExp',
  forward: ([x]: readonly [Tensor]) => {
    const [rows = 0, n = 0] = x.shape;
    const out = Tensor.empty([rows, 1], 'float32', 'logSumExp');
    kernels().logSumExp(x.pointer, out.pointer, rows, n);
    return out;
  },
  save: ([x], y) => [x, y],
  // dx = dy·softmax(x), which is taken for 0 in a row of nothing but −Infinity.
  gradient: (dy, { saved: [x, y] }) => [
    () => mul(dy, exp(sub(x, where(equal(y, Number.NEGATIVE_INFINITY), 0, y)))),
  ],
});

/**
 * log Σ eˣ over some axes, without overflow; −Infinity over none.
 *
 * @throws ValueError when an axis is out of range or repeated, DTypeError when x is not float32.
 */
export function logSumExp(x: Tensor, options: ReduceOptions = {}): Tensor {
  checkTensor('logSumExp', 'x', x);
  const axes = normalizeAxes('logSumExp', options.axis, x.rank);
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const shape = kept.map((axis) => x.shape[axis] ?? 1);
  const rows = reshape(transpose(x, [...kept, ...axes]), [sizeOf(shape), countOf(x.shape, axes)]);
  return reshape(logSumExpOp([rows]), options.keepDims === true ? keptShape(x.shape, axes) : shape);
}
