// SPDX-License-Identifier: Apache-2.0
import { defineOp, notDifferentiable, type Op } from '../op.ts';
import type { Tensor } from '../tensor.ts';
import { type Comparison, compare } from './elementwise.ts';
import { type Operand, withOperands } from './operand.ts';

/** The declared op of `equal`. */
export const equalOp = comparison('equal');
/** The declared op of `notEqual`. */
export const notEqualOp = comparison('notEqual');
/** The declared op of `greater`. */
export const greaterOp = comparison('greater');
/** The declared op of `greaterEqual`. */
export const greaterEqualOp = comparison('greaterEqual');
/** The declared op of `less`. */
export const lessOp = comparison('less');
/** The declared op of `lessEqual`. */
export const lessEqualOp = comparison('lessEqual');

/** a = b, elementwise with broadcasting, as `bool`. Operands of one dtype; NaN equals nothing. */
export function equal(a: Operand, b: Operand): Tensor {
  return withOperands('equal', a, b, (x, y) => equalOp([x, y]));
}

/** a ≠ b, elementwise with broadcasting, as `bool`. Operands of one dtype; NaN differs from all. */
export function notEqual(a: Operand, b: Operand): Tensor {
  return withOperands('notEqual', a, b, (x, y) => notEqualOp([x, y]));
}

/** a > b, elementwise with broadcasting, as `bool`. float32 or int32 operands of one dtype. */
export function greater(a: Operand, b: Operand): Tensor {
  return withOperands('greater', a, b, (x, y) => greaterOp([x, y]));
}

/** a ≥ b, elementwise with broadcasting, as `bool`. float32 or int32 operands of one dtype. */
export function greaterEqual(a: Operand, b: Operand): Tensor {
  return withOperands('greaterEqual', a, b, (x, y) => greaterEqualOp([x, y]));
}

/** a < b, elementwise with broadcasting, as `bool`. float32 or int32 operands of one dtype. */
export function less(a: Operand, b: Operand): Tensor {
  return withOperands('less', a, b, (x, y) => lessOp([x, y]));
}

/** a ≤ b, elementwise with broadcasting, as `bool`. float32 or int32 operands of one dtype. */
export function lessEqual(a: Operand, b: Operand): Tensor {
  return withOperands('lessEqual', a, b, (x, y) => lessEqualOp([x, y]));
}

function comparison(name: Comparison): Op<readonly [Tensor, Tensor], void, Tensor> {
  return defineOp({
    name,
    broadcasts: true,
    forward: ([a, b]: readonly [Tensor, Tensor]) => compare(name, a, b),
    gradient: notDifferentiable('its result is true or false'),
  });
}
