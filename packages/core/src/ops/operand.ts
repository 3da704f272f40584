// SPDX-License-Identifier: Apache-2.0
import { scalar } from '../create.ts';
import type { DType } from '../dtype.ts';
import { argumentMessage, DTypeError } from '../errors.ts';
import { Tensor } from '../tensor.ts';

/** An argument of an elementwise op: a tensor, or a number that takes the other operand's dtype. */
export type Operand = Tensor | number;

const hint = 'Use tensor() to make one, or fromTfjs() of @tapeloop/core/tfjs for a tf.Tensor.';

/**
 * Runs `fn` on two operands as tensors, freeing those made from numbers.
 *
 * @throws TypeError when an operand is neither a tensor nor a number, DTypeError when a number with a
 *   fraction stands beside an int32 tensor, DisposedError.
 */
export function withOperands(
  op: string,
  a: Operand,
  b: Operand,
  fn: (a: Tensor, b: Tensor) => Tensor,
): Tensor {
  const dtype = dtypeOf(a) ?? dtypeOf(b) ?? 'float32';
  checkOperand(op, 'a', a, dtype);
  checkOperand(op, 'b', b, dtype);
  const left = toTensor(a, dtype);
  const right = toTensor(b, dtype);
  try {
    return fn(left, right);
  } finally {
    if (left !== a) left.dispose();
    if (right !== b) right.dispose();
  }
}

/** @throws TypeError when `x` is not a tensor, DTypeError when its dtype is not one of `allowed`. */
export function checkTensor(
  op: string,
  argument: string,
  x: unknown,
  allowed: readonly DType[] = ['float32'],
): asserts x is Tensor {
  if (!(x instanceof Tensor)) {
    const expected = 'a Tensor';
    throw new TypeError(argumentMessage({ op, argument, expected, received: x, hint }));
  }
  x.assertAlive();
  if (!allowed.includes(x.dtype)) {
    const expected = `of dtype ${allowed.join(' or ')}`;
    const hint = 'Use cast() to convert.';
    throw new DTypeError(argumentMessage({ op, argument, expected, received: x.dtype, hint }));
  }
}

/** @throws DTypeError when the operands of an elementwise op have different dtypes. */
export function checkSameDType(op: string, a: Tensor, b: Tensor): void {
  if (a.dtype === b.dtype) return;
  throw new DTypeError(
    `${op}: operands must have one dtype, got ${a.dtype} and ${b.dtype}. Use cast() to convert.`,
  );
}

function checkOperand(op: string, argument: string, x: unknown, dtype: DType): void {
  if (x instanceof Tensor) {
    x.assertAlive();
    return;
  }
  if (typeof x !== 'number') {
    const expected = 'a Tensor or a number';
    throw new TypeError(argumentMessage({ op, argument, expected, received: x, hint }));
  }
  if (dtype === 'int32' && !Number.isInteger(x)) {
    const expected = 'a whole number beside an int32 tensor';
    const hint = "Use cast(x, 'float32') on the tensor.";
    throw new DTypeError(argumentMessage({ op, argument, expected, received: x, hint }));
  }
}

function dtypeOf(x: Operand): DType | undefined {
  return x instanceof Tensor ? x.dtype : undefined;
}

function toTensor(x: Operand, dtype: DType): Tensor {
  return typeof x === 'number' ? scalar(x, dtype) : x;
}
