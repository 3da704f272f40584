// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, ShapeError, ValueError } from '../errors.ts';
import { defineMultiOp, notDifferentiable } from '../op.ts';
import { Tensor } from '../tensor.ts';
import { numeric } from './elementwise.ts';
import { checkTensor } from './operand.ts';

/** What `topK` returns. */
export interface TopK {
  /** The k greatest elements of each row, greatest first: `[..., k]`, of x's dtype. */
  readonly values: Tensor;
  /** Where they are in their row: `[..., k]`, int32. */
  readonly indices: Tensor;
}

/** The declared op of `topK`: values, indices. */
export const topKOp = defineMultiOp({
  name: 'topK',
  forward: ([x]: readonly [Tensor], { k }: { readonly k: number }) => select(x, k),
  gradient: notDifferentiable('pick the elements with gather() at its indices instead'),
});

/**
 * The k greatest elements along the last axis and their indices, greatest first. Of equal ones the
 * one with the lower index comes first; NaN counts as the greatest.
 *
 * @param x float32 or int32 `[..., n]`.
 * @param k 0 to n.
 * @throws ShapeError for a scalar, ValueError when k is not a whole number in [0, n].
 */
export function topK(x: Tensor, k: number): TopK {
  checkTensor('topK', 'x', x, numeric);
  const n = x.shape.at(-1);
  if (n === undefined) {
    const expected = 'of at least one dimension';
    throw new ShapeError(
      argumentMessage({ op: 'topK', argument: 'x', expected, received: 'a scalar' }),
    );
  }
  if (!Number.isInteger(k) || k < 0 || k > n) {
    const expected = `a whole number in [0, ${n}], the size of the last axis`;
    throw new ValueError(argumentMessage({ op: 'topK', argument: 'k', expected, received: k }));
  }
  const [values, indices] = topKOp([x], { k });
  return { values, indices };
}

function select(x: Tensor, k: number): readonly [Tensor, Tensor] {
  const n = x.shape.at(-1) ?? 1;
  const shape = x.shape.with(-1, k);
  const values = Tensor.empty(shape, x.dtype, 'topK');
  const indices = Tensor.empty(shape, 'int32', 'topK');
  const [from, topValues, topIndices] = [x.view(), values.view(), indices.view()];
  const rows = n === 0 ? 0 : x.size / n;
  for (let row = 0; row < rows; row++) {
    const elements = from.subarray(row * n, (row + 1) * n);
    bestOf(elements, k).forEach((index, i) => {
      topValues[row * k + i] = elements[index] ?? 0;
      topIndices[row * k + i] = index;
    });
  }
  return [values, indices];
}

/** The indices of the k greatest, by inserting into a sorted list: k is small beside n. */
function bestOf(elements: ArrayLike<number>, k: number): number[] {
  const best: number[] = [];
  const goesBefore = (i: number, other: number | undefined): boolean =>
    other === undefined || isGreater(elements[i] ?? 0, elements[other] ?? 0);
  for (let i = 0; i < elements.length; i++) {
    if (best.length === k && (k === 0 || !goesBefore(i, best.at(-1)))) continue;
    let at = best.length;
    while (at > 0 && goesBefore(i, best[at - 1])) at--;
    best.splice(at, 0, i);
    best.length = Math.min(best.length, k);
  }
  return best;
}

/** a > b, where NaN is greater than any number. */
function isGreater(a: number, b: number): boolean {
  return a > b || (Number.isNaN(a) && !Number.isNaN(b));
}
