// SPDX-License-Identifier: Apache-2.0
import { dtypes } from '../dtype.ts';
import { argumentMessage, ValueError } from '../errors.ts';
import { defineOp } from '../op.ts';
import { normalizeAxis, showShape, stridesOf } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { checkTensor } from './operand.ts';
import { strided } from './strided-copy.ts';

/** The declared op of `transpose`. */
export const transposeOp = defineOp({
  name: 'transpose',
  forward: ([x]: readonly [Tensor], { perm }: { readonly perm: readonly number[] }) => {
    const own = stridesOf(x.shape);
    const shape = perm.map((axis) => x.shape[axis] ?? 1);
    const strides = perm.map((axis) => own[axis] ?? 0);
    return strided(x, { shape, strides }, 'transpose');
  },
  gradient: (dy, { attrs: { perm } }) => [() => transpose(dy, inverse(perm))],
});

/**
 * `x` with its axes in another order: axis `i` of the result is axis `perm[i]` of `x`.
 *
 * A copy, or a view where only axes of size 1 move.
 *
 * @param perm every axis once; negative ones count from the end. Default: reversed.
 * @throws ValueError when `perm` is not a permutation of the axes.
 */
export function transpose(x: Tensor, perm?: readonly number[]): Tensor {
  checkTensor('transpose', 'x', x, dtypes);
  const order = perm ?? Array.from({ length: x.rank }, (_, axis) => x.rank - 1 - axis);
  const normalized = order.map((axis) => normalizeAxis('transpose', axis, x.rank));
  if (normalized.length !== x.rank || new Set(normalized).size !== x.rank) {
    throw new ValueError(
      argumentMessage({
        op: 'transpose',
        argument: 'perm',
        expected: `a permutation of the ${x.rank} axes of ${showShape(x.shape)}`,
        received: order,
      }),
    );
  }
  return transposeOp([x], { perm: normalized });
}

/** `x` with one axis moved to another place, the others in their order. */
export function moveAxis(x: Tensor, from: number, to: number): Tensor {
  if (from === to) return x;
  const perm = x.shape.map((_, axis) => axis);
  perm.splice(to, 0, ...perm.splice(from, 1));
  return transpose(x, perm);
}

function inverse(perm: readonly number[]): number[] {
  return perm.map((_, axis) => perm.indexOf(axis));
}
