// SPDX-License-Identifier: Apache-2.0
import { dtypes } from '../dtype.ts';
import { argumentMessage, ValueError } from '../errors.ts';
import { defineOp } from '../op.ts';
import { checkShape, showShape, stridesOf } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { checkTensor } from './operand.ts';
import { slice } from './slice.ts';
import { copyInto } from './strided-copy.ts';

/** How many elements to add before and after each axis. */
export type Paddings = readonly (readonly [before: number, after: number])[];

interface Padding {
  readonly paddings: Paddings;
  readonly value: number;
}

/** The declared op of `pad`. */
export const padOp = defineOp({
  name: 'pad',
  forward: ([x]: readonly [Tensor], { paddings, value }: Padding) => {
    const out = Tensor.empty(paddedShape(x, paddings), x.dtype, 'pad');
    const strides = stridesOf(out.shape);
    const start = paddings.reduce((sum, [before], i) => sum + before * (strides[i] ?? 0), 0);
    out.view().fill(value);
    copyInto(out, x, strides, start);
    return out;
  },
  gradient: (dy, { inputs: [x], attrs: { paddings } }) => [
    () =>
      slice(
        dy,
        paddings.map(([before]) => before),
        x?.shape ?? [],
      ),
  ],
});

/**
 * `x` with a constant around it.
 *
 * @param paddings how many elements to add before and after each axis: `[[1, 2], [0, 0]]` adds one
 *   row above and two below.
 * @param value the constant. Default 0.
 * @throws ValueError when there is not one pair of whole numbers of at least 0 for each axis.
 */
export function pad(x: Tensor, paddings: Paddings, value = 0): Tensor {
  checkTensor('pad', 'x', x, dtypes);
  const isCount = (count: number) => Number.isInteger(count) && count >= 0;
  if (paddings.length !== x.rank || !paddings.flat().every(isCount)) {
    throw new ValueError(
      argumentMessage({
        op: 'pad',
        argument: 'paddings',
        expected: `a pair of whole numbers of at least 0 for each axis of ${showShape(x.shape)}`,
        received: paddings,
      }),
    );
  }
  checkShape('pad', paddedShape(x, paddings));
  return padOp([x], { paddings, value });
}

function paddedShape(x: Tensor, paddings: Paddings): number[] {
  return paddings.map(([before, after], axis) => before + (x.shape[axis] ?? 0) + after);
}
