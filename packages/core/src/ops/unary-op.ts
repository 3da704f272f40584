// SPDX-License-Identifier: Apache-2.0
import { defineOp, type Op } from '../op.ts';
import type { Tensor } from '../tensor.ts';
import { type UnaryFunction, unary } from './elementwise.ts';
import type { OpName } from './names.ts';

/** An elementwise op of one input. */
export type UnaryOp = Op<readonly [Tensor], void, Tensor>;

type UnaryName = OpName & UnaryFunction;

/** Declares y = f(x) with a rule that needs no saved tensor: `rule(dy)` is d(loss)/dx. */
export function linear(name: UnaryName, rule: (dy: Tensor) => Tensor): UnaryOp {
  return defineOp({
    name,
    forward: ([x]: readonly [Tensor]) => unary(name, x),
    gradient: (dy) => [() => rule(dy)],
  });
}

/** Declares y = f(x) whose slope is a function of the input: `rule(dy, x)` is d(loss)/dx. */
export function fromInput(name: UnaryName, rule: (dy: Tensor, x: Tensor) => Tensor): UnaryOp {
  return defineOp({
    name,
    forward: ([x]: readonly [Tensor]) => unary(name, x),
    save: ([x]) => [x],
    gradient: (dy, { saved: [x] }) => [() => rule(dy, x)],
  });
}

/** Declares y = f(x) whose slope is a function of the output: `rule(dy, y)` is d(loss)/dx. */
export function fromOutput(name: UnaryName, rule: (dy: Tensor, y: Tensor) => Tensor): UnaryOp {
  return defineOp({
    name,
    forward: ([x]: readonly [Tensor]) => unary(name, x),
    save: (_, y) => [y],
    gradient: (dy, { saved: [y] }) => [() => rule(dy, y)],
  });
}
