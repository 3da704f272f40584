// SPDX-License-Identifier: Apache-2.0
import { kernels } from '../backend.ts';
import { ShapeError } from '../errors.ts';
import { defineOp, notDifferentiable } from '../op.ts';
import { normalizeAxis, showShape } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { numeric } from './elementwise.ts';
import { checkTensor } from './operand.ts';
import { viewOfAxis } from './reduction.ts';

/** Options of `argMax`. */
export interface ArgMaxOptions {
  /** The axis to search. Default the last. */
  readonly axis?: number;
}

/** The declared op of `argMax`. */
export const argMaxOp = defineOp({
  name: 'argMax',
  forward: ([x]: readonly [Tensor], { axis }: Required<ArgMaxOptions>) => positions(x, axis),
  gradient: notDifferentiable('its result is an index'),
});

/**
 * The index of the greatest element along an axis, as int32, the axis left out. Of equal ones the
 * first; NaN counts as the greatest, as in NumPy and PyTorch.
 *
 * @param x float32 or int32; not a scalar.
 * @throws ValueError when the axis is out of range, ShapeError when it has no elements.
 */
export function argMax(x: Tensor, options: ArgMaxOptions = {}): Tensor {
  checkTensor('argMax', 'x', x, numeric);
  const axis = normalizeAxis('argMax', options.axis ?? -1, x.rank);
  if (x.shape[axis] === 0) {
    throw new ShapeError(
      `argMax: x must have elements along axis ${axis}, got shape ${showShape(x.shape)}. There is ` +
        'no greatest of no elements.',
    );
  }
  return argMaxOp([x], { axis });
}

function positions(x: Tensor, axis: number): Tensor {
  const out = Tensor.empty(x.shape.toSpliced(axis, 1), 'int32', 'argMax');
  const { outer, n, inner } = viewOfAxis(x.shape, axis);
  if (x.dtype === 'float32') kernels().argMax(x.pointer, out.pointer, outer, n, inner);
  else findInIntegers(x, out, n, inner);
  return out;
}

function findInIntegers(x: Tensor, out: Tensor, n: number, inner: number): void {
  const [from, to] = [x.view(), out.view()];
  for (let i = 0; i < to.length; i++) {
    const first = Math.floor(i / inner) * n * inner + (i % inner);
    let best = 0;
    for (let j = 1; j < n; j++) {
      if ((from[first + j * inner] ?? 0) > (from[first + best * inner] ?? 0)) best = j;
    }
    to[i] = best;
  }
}
