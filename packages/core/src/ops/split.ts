// SPDX-License-Identifier: Apache-2.0
import { zeros } from '../create.ts';
import { dtypes } from '../dtype.ts';
import { argumentMessage, ValueError } from '../errors.ts';
import { defineMultiOp } from '../op.ts';
import { tidy } from '../scope.ts';
import { normalizeAxis, showShape, stridesOf } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { concat } from './concat.ts';
import { checkTensor } from './operand.ts';
import { strided } from './strided-copy.ts';

interface Cuts {
  readonly axis: number;
  readonly sizes: readonly number[];
}

/** The declared op of `split`. */
export const splitOp = defineMultiOp({
  name: 'split',
  forward: ([x]: readonly [Tensor], { axis, sizes }: Cuts) => {
    const strides = stridesOf(x.shape);
    let offset = 0;
    return tidy(() =>
      sizes.map((size) => {
        const part = strided(x, { shape: x.shape.with(axis, size), strides, offset }, 'split');
        offset += size * (strides[axis] ?? 0);
        return part;
      }),
    );
  },
  gradient: (dys, { outputs, attrs: { axis } }) => [
    () =>
      concat(
        dys.map((dy, i) => dy ?? zeros(outputs[i]?.shape ?? [])),
        axis,
      ),
  ],
});

/**
 * Cuts `x` along an axis: views along the first axis, else copies.
 *
 * @param sizes how many equal parts, or the size of each part.
 * @param axis default 0; negative ones count from the end.
 * @throws ValueError when the parts do not make up the axis exactly.
 */
export function split(x: Tensor, sizes: number | readonly number[], axis = 0): Tensor[] {
  checkTensor('split', 'x', x, dtypes);
  const along = normalizeAxis('split', axis, x.rank);
  const whole = x.shape[along] ?? 0;
  const parts =
    typeof sizes === 'number' ? new Array<number>(countOf(sizes)).fill(whole / sizes) : sizes;
  const isValid = parts.every((size) => Number.isInteger(size) && size >= 0);
  if (!isValid || parts.length === 0 || parts.reduce((sum, size) => sum + size, 0) !== whole) {
    throw new ValueError(
      argumentMessage({
        op: 'split',
        argument: 'sizes',
        expected: `a divisor of ${whole}, or sizes that add up to ${whole}: axis ${along} of ${showShape(x.shape)}`,
        received: sizes,
      }),
    );
  }
  return [...splitOp([x], { axis: along, sizes: parts })];
}

function countOf(sections: number): number {
  return Number.isInteger(sections) && sections > 0 ? sections : 0;
}
