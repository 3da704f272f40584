// SPDX-License-Identifier: Apache-2.0
import { dtypes } from '../dtype.ts';
import { defineOp } from '../op.ts';
import type { Tensor } from '../tensor.ts';
import { checkPair } from './elementwise.ts';
import { checkTensor, type Operand, withOperands } from './operand.ts';
import { selectElements } from './select.ts';

/** The declared op of `where`. */
export const whereOp = defineOp({
  name: 'where',
  broadcasts: true,
  forward: ([condition, a, b]: readonly [Tensor, Tensor, Tensor]) => {
    checkTensor('where', 'condition', condition, ['bool']);
    checkPair('where', a, b, dtypes);
    return selectElements('where', condition, a, b);
  },
  save: ([condition]) => [condition],
  gradient: (dy, { saved: [condition] }) => [
    null,
    () => where(condition, dy, 0),
    () => where(condition, 0, dy),
  ],
});

/**
 * a where the condition holds, else b, elementwise with broadcasting of all three.
 *
 * The side that was not chosen gets a gradient of 0. If its own slope is infinite or NaN there, that
 * 0 becomes NaN on its way back: choose a harmless input too, `log(where(ok, x, 1))`.
 *
 * @param condition `bool`.
 * @param a of any dtype; a number takes the dtype of b.
 * @param b of the dtype of a; a number takes it.
 * @throws ShapeError when the shapes do not broadcast, DTypeError when the condition is not `bool`
 *   or the dtypes of a and b differ.
 */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  return withOperands('where', a, b, (x, y) => whereOp([condition, x, y]));
}
