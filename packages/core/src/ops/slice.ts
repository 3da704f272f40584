// SPDX-License-Identifier: Apache-2.0
import { dtypes } from '../dtype.ts';
import { argumentMessage, ValueError } from '../errors.ts';
import { defineOp } from '../op.ts';
import { type Shape, showShape, stridesOf } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { checkTensor } from './operand.ts';
import { pad } from './pad.ts';
import { strided } from './strided-copy.ts';

interface Part {
  readonly begin: readonly number[];
  readonly size: Shape;
}

/** The declared op of `slice`: a view where the part is contiguous. */
export const sliceOp = defineOp({
  name: 'slice',
  forward: ([x]: readonly [Tensor], { begin, size }: Part) => {
    const strides = stridesOf(x.shape);
    const offset = begin.reduce((sum, start, axis) => sum + start * (strides[axis] ?? 0), 0);
    return strided(x, { shape: size, strides, offset }, 'slice');
  },
  gradient: (dy, { inputs: [x], attrs: { begin, size } }) => [
    () =>
      pad(
        dy,
        begin.map((start, axis) => [start, (x?.shape[axis] ?? 0) - start - (size[axis] ?? 0)]),
      ),
  ],
});

/**
 * A rectangular part: element (i, j, …) is `x[begin₀ + i, begin₁ + j, …]`.
 *
 * A view where the part is contiguous, as any range of the first axis is; else a copy.
 *
 * @param begin where the part starts: one number for the first axis, or one for each of the first
 *   axes. The others are taken whole.
 * @param size how long it is, in the same form; −1, and the default, is up to the end.
 * @throws ValueError when the part is not inside `x`.
 */
export function slice(
  x: Tensor,
  begin: number | readonly number[],
  size?: number | readonly number[],
): Tensor {
  checkTensor('slice', 'x', x, dtypes);
  const starts = typeof begin === 'number' ? [begin] : begin;
  const lengths = typeof size === 'number' ? [size] : (size ?? []);
  const from = x.shape.map((_, axis) => starts[axis] ?? 0);
  const taken = x.shape.map((all, axis) => {
    const length = lengths[axis] ?? -1;
    return length === -1 ? all - (from[axis] ?? 0) : length;
  });
  const isInside = x.shape.every((all, axis) => {
    const [start = 0, length = 0] = [from[axis], taken[axis]];
    const isWhole = Number.isInteger(start) && Number.isInteger(length);
    return isWhole && start >= 0 && length >= 0 && start + length <= all;
  });
  if (!isInside || starts.length > x.rank || lengths.length > x.rank) {
    throw new ValueError(
      argumentMessage({
        op: 'slice',
        argument: 'begin and size',
        expected: `a part of shape ${showShape(x.shape)}`,
        received: `begin ${showShape(starts)} and size ${showShape(lengths)}`,
      }),
    );
  }
  return sliceOp([x], { begin: from, size: taken });
}
