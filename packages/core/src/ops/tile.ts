// SPDX-License-Identifier: Apache-2.0
import { dtypes } from '../dtype.ts';
import { argumentMessage, ValueError } from '../errors.ts';
import { defineOp } from '../op.ts';
import { tidy } from '../scope.ts';
import { checkShape, showShape, stridesOf } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { checkTensor } from './operand.ts';
import { sum } from './reduce.ts';
import { reshape } from './reshape.ts';
import { strided } from './strided-copy.ts';

/** The declared op of `tile`. */
export const tileOp = defineOp({
  name: 'tile',
  forward: ([x]: readonly [Tensor], { reps }: { readonly reps: readonly number[] }) => {
    const own = stridesOf(x.shape);
    const shape = reps.flatMap((count, axis) => [count, x.shape[axis] ?? 1]);
    const strides = reps.flatMap((_, axis) => [0, own[axis] ?? 0]);
    return tidy(() =>
      strided(x, { shape, strides }, 'tile').shareAs(tiledShape(x.shape, reps), 'tile'),
    );
  },
  gradient: (dy, { inputs: [x], attrs: { reps } }) => [
    () => {
      const split = reps.flatMap((count, axis) => [count, x?.shape[axis] ?? 1]);
      return sum(reshape(dy, split), { axis: reps.map((_, axis) => 2 * axis) });
    },
  ],
});

/**
 * `x` repeated `reps[i]` times along axis `i`.
 *
 * @throws ValueError when there is not one whole number of at least 0 for each axis.
 */
export function tile(x: Tensor, reps: readonly number[]): Tensor {
  checkTensor('tile', 'x', x, dtypes);
  const isCount = (count: number) => Number.isInteger(count) && count >= 0;
  if (reps.length !== x.rank || !reps.every(isCount)) {
    throw new ValueError(
      argumentMessage({
        op: 'tile',
        argument: 'reps',
        expected: `a whole number of at least 0 for each axis of ${showShape(x.shape)}`,
        received: reps,
      }),
    );
  }
  checkShape('tile', tiledShape(x.shape, reps));
  return tileOp([x], { reps });
}

function tiledShape(shape: readonly number[], reps: readonly number[]): number[] {
  return shape.map((size, axis) => size * (reps[axis] ?? 1));
}
