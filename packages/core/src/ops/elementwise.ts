// SPDX-License-Identifier: Apache-2.0
// What computes an elementwise op: the only place that knows.
import { kernels } from '../backend.ts';
import type { DType } from '../dtype.ts';
import type { UnaryKernels } from '../kernels/reference/unary.ts';
import { broadcastShapes } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { broadcastInto } from './broadcast.ts';
import { mapElements, mapPairs } from './loops.ts';
import { checkSameDType, checkTensor } from './operand.ts';

/** Functions of one input. */
export type UnaryFunction = Exclude<keyof UnaryKernels, 'clip'>;

/** Functions of two inputs. */
export type BinaryFunction = keyof typeof integerBinary | 'div' | 'pow';

/** Comparisons, whose result is a `bool`. */
export type Comparison = keyof typeof comparisons;

/** The dtypes that arithmetic takes. */
export const numeric: readonly DType[] = ['float32', 'int32'];

/** Functions of one input that take integers too; results wrap modulo 2³². */
const integerUnary: Partial<Record<UnaryFunction, (x: number) => number>> = {
  neg: (x) => -x,
  abs: Math.abs,
  square: (x) => Math.imul(x, x),
  sign: Math.sign,
};

/** Functions of two inputs that take integers too; results wrap modulo 2³². */
const integerBinary = {
  add: (a: number, b: number) => a + b,
  sub: (a: number, b: number) => a - b,
  mul: Math.imul,
  minimum: Math.min,
  maximum: Math.max,
} as const;

const comparisons = {
  equal: (a: number, b: number) => Number(a === b),
  notEqual: (a: number, b: number) => Number(a !== b),
  greater: (a: number, b: number) => Number(a > b),
  greaterEqual: (a: number, b: number) => Number(a >= b),
  less: (a: number, b: number) => Number(a < b),
  lessEqual: (a: number, b: number) => Number(a <= b),
} as const;

/** The value of a function of one input. `op` is what errors and reports call it. */
export function unary(name: UnaryFunction, x: Tensor, op: string = name): Tensor {
  const integer = integerUnary[name];
  checkTensor(op, 'x', x, integer === undefined ? ['float32'] : numeric);
  if (x.dtype === 'int32' && integer !== undefined) return mapElements(op, x, 'int32', integer);
  const out = Tensor.empty(x.shape, 'float32', op);
  kernels()[name](x.pointer, out.pointer, x.size);
  return out;
}

/** The value of a function of two inputs, which are broadcast against each other. */
export function binary(name: BinaryFunction, a: Tensor, b: Tensor): Tensor {
  const takesIntegers = name !== 'div' && name !== 'pow';
  checkPair(name, a, b, takesIntegers ? numeric : ['float32']);
  const shape = broadcastShapes(name, a.shape, b.shape);
  if (a.dtype === 'int32' && takesIntegers)
    return mapPairs(name, a, b, 'int32', integerBinary[name]);
  const out = Tensor.empty(shape, 'float32', name);
  broadcastInto(kernels()[name], a, b, out);
  return out;
}

/** Where a comparison of two inputs, which are broadcast against each other, holds. */
export function compare(name: Comparison, a: Tensor, b: Tensor): Tensor {
  const isOrder = name !== 'equal' && name !== 'notEqual';
  checkPair(name, a, b, isOrder ? numeric : [...numeric, 'bool']);
  const shape = broadcastShapes(name, a.shape, b.shape);
  if (a.dtype !== 'float32') return mapPairs(name, a, b, 'bool', comparisons[name]);
  const out = Tensor.empty(shape, 'bool', name);
  broadcastInto(kernels()[name], a, b, out);
  return out;
}

/** Checks that two operands have one dtype, and which. */
export function checkPair(op: string, a: Tensor, b: Tensor, allowed: readonly DType[]): void {
  checkTensor(op, 'a', a, allowed);
  checkTensor(op, 'b', b, allowed);
  checkSameDType(op, a, b);
}
