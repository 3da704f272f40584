// SPDX-License-Identifier: Apache-2.0
import { defineOp } from '../op.ts';
import type { Tensor } from '../tensor.ts';
import { binary } from './elementwise.ts';
import { type Operand, withOperands } from './operand.ts';
import { neg } from './unary.ts';

type Pair = readonly [Tensor, Tensor];

/** The declared op of `add`. */
export const addOp = defineOp({
  name: 'add',
  broadcasts: true,
  forward: ([a, b]: Pair) => binary('add', a, b),
  gradient: (dy) => [() => dy, () => dy],
});

/** The declared op of `sub`. */
export const subOp = defineOp({
  name: 'sub',
  broadcasts: true,
  forward: ([a, b]: Pair) => binary('sub', a, b),
  gradient: (dy) => [() => dy, () => neg(dy)],
});

/** The declared op of `mul`. */
export const mulOp = defineOp({
  name: 'mul',
  broadcasts: true,
  forward: ([a, b]: Pair) => binary('mul', a, b),
  save: ([a, b]) => [a, b],
  gradient: (dy, { saved: [a, b] }) => [() => mul(dy, b), () => mul(dy, a)],
});

/** The declared op of `div`. */
export const divOp = defineOp({
  name: 'div',
  broadcasts: true,
  forward: ([a, b]: Pair) => binary('div', a, b),
  save: ([, b], y) => [b, y],
  // d(a/b)/db = −(a/b)/b
  gradient: (dy, { saved: [b, y] }) => [() => div(dy, b), () => neg(div(mul(dy, y), b))],
});

/**
 * a + b, elementwise with broadcasting.
 *
 * @throws ShapeError when the shapes do not broadcast, DTypeError when the dtypes differ.
 */
export function add(a: Operand, b: Operand): Tensor {
  return withOperands('add', a, b, (x, y) => addOp([x, y]));
}

/**
 * a − b, elementwise with broadcasting.
 *
 * @throws ShapeError when the shapes do not broadcast, DTypeError when the dtypes differ.
 */
export function sub(a: Operand, b: Operand): Tensor {
  return withOperands('sub', a, b, (x, y) => subOp([x, y]));
}

/**
 * a · b, elementwise with broadcasting.
 *
 * @throws ShapeError when the shapes do not broadcast, DTypeError when the dtypes differ.
 */
export function mul(a: Operand, b: Operand): Tensor {
  return withOperands('mul', a, b, (x, y) => mulOp([x, y]));
}

/**
 * a / b, elementwise with broadcasting. float32 only: write `cast(x, 'float32')` for integers.
 *
 * @throws ShapeError when the shapes do not broadcast, DTypeError when a dtype is not float32.
 */
export function div(a: Operand, b: Operand): Tensor {
  return withOperands('div', a, b, (x, y) => divOp([x, y]));
}
