// SPDX-License-Identifier: Apache-2.0
import { ShapeError } from '../errors.ts';
import { defineOp, type Op } from '../op.ts';
import { normalizeAxes, showShape, sizeOf } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { div, mul } from './arithmetic.ts';
import { cast } from './cast.ts';
import { equal } from './compare.ts';
import { numeric } from './elementwise.ts';
import { checkTensor } from './operand.ts';
import { countOf, type ReduceOptions, sum, withoutAxes } from './reduce.ts';
import { keptShape, reduce } from './reduction.ts';

interface Axes {
  readonly axes: readonly number[];
}

/** The declared op of `max`; reduced axes are kept with size 1. */
export const maxOp = extremum('max');

/** The declared op of `min`; reduced axes are kept with size 1. */
export const minOp = extremum('min');

/**
 * The greatest element over some axes; NaN where there is a NaN. Elements that tie for it share its
 * gradient equally, as in TensorFlow and JAX.
 *
 * @param x float32 or int32.
 * @throws ShapeError when the axes have no elements, ValueError when one is out of range or repeated.
 */
export function max(x: Tensor, options: ReduceOptions = {}): Tensor {
  return reduced('max', maxOp, x, options);
}

/**
 * The smallest element over some axes; NaN where there is a NaN. Elements that tie for it share its
 * gradient equally, as in TensorFlow and JAX.
 *
 * @param x float32 or int32.
 * @throws ShapeError when the axes have no elements, ValueError when one is out of range or repeated.
 */
export function min(x: Tensor, options: ReduceOptions = {}): Tensor {
  return reduced('min', minOp, x, options);
}

function extremum(name: 'max' | 'min'): Op<readonly [Tensor], Axes, Tensor> {
  return defineOp({
    name,
    forward: ([x]: readonly [Tensor], { axes }: Axes) => reduce(name, x, axes),
    save: ([x], y) => [x, y],
    gradient: (dy, { saved: [x, y], attrs: { axes } }) => [
      () => {
        const isExtremum = cast(equal(x, y), 'float32');
        const ties = sum(isExtremum, { axis: axes, keepDims: true });
        return mul(div(dy, ties), isExtremum);
      },
    ],
  });
}

function reduced(
  name: 'max' | 'min',
  op: Op<readonly [Tensor], Axes, Tensor>,
  x: Tensor,
  options: ReduceOptions,
): Tensor {
  checkTensor(name, 'x', x, numeric);
  const axes = normalizeAxes(name, options.axis, x.rank);
  if (countOf(x.shape, axes) === 0 && sizeOf(keptShape(x.shape, axes)) > 0) {
    throw new ShapeError(
      `${name}: x must have elements along the reduced axes [${axes.join(', ')}], got shape ` +
        `${showShape(x.shape)}. There is no ${name} of no elements.`,
    );
  }
  return withoutAxes(op([x], { axes }), axes, options);
}
