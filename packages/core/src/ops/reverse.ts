// SPDX-License-Identifier: Apache-2.0
import { dtypes } from '../dtype.ts';
import { defineOp } from '../op.ts';
import { normalizeAxes, stridesOf } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { checkTensor } from './operand.ts';
import { strided } from './strided-copy.ts';

/** The declared op of `reverse`. */
export const reverseOp = defineOp({
  name: 'reverse',
  forward: ([x]: readonly [Tensor], { axes }: { readonly axes: readonly number[] }) => {
    const own = stridesOf(x.shape);
    const strides = own.map((stride, axis) => (axes.includes(axis) ? -stride : stride));
    const offset = axes.reduce(
      (sum, axis) => sum + ((x.shape[axis] ?? 1) - 1) * (own[axis] ?? 0),
      0,
    );
    return strided(x, { shape: x.shape, strides, offset }, 'reverse');
  },
  gradient: (dy, { attrs: { axes } }) => [() => reverse(dy, axes)],
});

/**
 * `x` with the order of its elements along some axes turned round.
 *
 * @param axis one, several, or all of them by default. Negative ones count from the end.
 * @throws ValueError when an axis is out of range or repeated.
 */
export function reverse(x: Tensor, axis?: number | readonly number[]): Tensor {
  checkTensor('reverse', 'x', x, dtypes);
  return reverseOp([x], { axes: normalizeAxes('reverse', axis, x.rank) });
}
