// SPDX-License-Identifier: Apache-2.0
import { defineOp, notDifferentiable } from '../op.ts';
import type { Tensor } from '../tensor.ts';
import { mapElements, mapPairs } from './loops.ts';
import { checkTensor } from './operand.ts';

type Pair = readonly [Tensor, Tensor];

const noGradient = notDifferentiable('its result is true or false');

/** The declared op of `logicalAnd`. */
export const logicalAndOp = defineOp({
  name: 'logicalAnd',
  broadcasts: true,
  forward: ([a, b]: Pair) => {
    checkPair('logicalAnd', a, b);
    return mapPairs('logicalAnd', a, b, 'bool', (x, y) => x & y);
  },
  gradient: noGradient,
});

/** The declared op of `logicalOr`. */
export const logicalOrOp = defineOp({
  name: 'logicalOr',
  broadcasts: true,
  forward: ([a, b]: Pair) => {
    checkPair('logicalOr', a, b);
    return mapPairs('logicalOr', a, b, 'bool', (x, y) => x | y);
  },
  gradient: noGradient,
});

/** The declared op of `logicalNot`. */
export const logicalNotOp = defineOp({
  name: 'logicalNot',
  forward: ([x]: readonly [Tensor]) => {
    checkTensor('logicalNot', 'x', x, ['bool']);
    return mapElements('logicalNot', x, 'bool', (value) => 1 - value);
  },
  gradient: noGradient,
});

/**
 * a and b, elementwise with broadcasting.
 *
 * @throws DTypeError when a or b is not `bool`, ShapeError when the shapes do not broadcast.
 */
export function logicalAnd(a: Tensor, b: Tensor): Tensor {
  return logicalAndOp([a, b]);
}

/**
 * a or b, or both, elementwise with broadcasting.
 *
 * @throws DTypeError when a or b is not `bool`, ShapeError when the shapes do not broadcast.
 */
export function logicalOr(a: Tensor, b: Tensor): Tensor {
  return logicalOrOp([a, b]);
}

/**
 * not x, elementwise.
 *
 * @throws DTypeError when x is not `bool`.
 */
export function logicalNot(x: Tensor): Tensor {
  return logicalNotOp([x]);
}

function checkPair(op: string, a: Tensor, b: Tensor): void {
  checkTensor(op, 'a', a, ['bool']);
  checkTensor(op, 'b', b, ['bool']);
}
