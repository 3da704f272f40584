// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as tapeloop from '../index.ts';
import { DisposedError, DTypeError, init, ones, ShapeError, type Tensor, zeros } from '../index.ts';
import { expectNoLeaks, trackLeaks } from '../testing/index.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

type Unary = (x: Tensor) => Tensor;
type Binary = (a: Tensor, b: Tensor) => Tensor;

const { abs, cumsum, max, min, neg, sign, square, sum } = tapeloop;
const numericUnary = { abs, cumsum, max, min, neg, sign, square, sum } satisfies Record<
  string,
  Unary
>;

const { erf, exp, gelu, log, log1p, logSoftmax, logSumExp, mean } = tapeloop;
const { prod, relu, rsqrt, sigmoid, silu, softmax, softplus, sqrt, tanh, variance } = tapeloop;
const floatUnary = {
  ...{ erf, exp, gelu, log, log1p, logSoftmax, logSumExp, mean },
  ...{ prod, relu, rsqrt, sigmoid, silu, softmax, softplus, sqrt, tanh, variance },
} satisfies Record<string, Unary>;

const { add, equal, greater, greaterEqual, less, lessEqual, maximum, minimum, mul } = tapeloop;
const { div, notEqual, pow, sub } = tapeloop;
const numericBinary = {
  ...{ add, greater, greaterEqual, less, lessEqual, maximum, minimum, mul, sub },
} satisfies Record<string, Binary>;
const floatBinary = { div, pow } satisfies Record<string, Binary>;
const everyBinary = { ...numericBinary, ...floatBinary, equal, notEqual };

/** A tf.Tensor where a Tensor belongs, as untyped code may pass it. */
function foreign(): Tensor {
  return tf.scalar(1) as unknown as Tensor;
}

describe.each(Object.entries({ ...numericUnary, ...floatUnary }))('%s', (name, fn) => {
  test('takes no booleans, no tf.Tensor and no disposed tensor, and leaks nothing', () => {
    const received = foreign();
    const [bool, disposed] = [zeros([2], 'bool'), zeros([2])];
    disposed.dispose();
    expectNoLeaks(() => {
      expect(() => fn(bool)).toThrow(DTypeError);
      expect(() => fn(bool)).toThrow(`${name}: x must be of dtype float32`);
      expect(() => fn(received)).toThrow(TypeError);
      expect(() => fn(received)).toThrow('fromTfjs() of @tapeloop/core/tfjs for a tf.Tensor');
      expect(() => fn(disposed)).toThrow(DisposedError);
    });
  });
});

test.each(Object.entries(floatUnary))('%s takes no integers', (name, fn) => {
  expect(() => fn(zeros([2], 'int32'))).toThrow(
    `${name}: x must be of dtype float32, got "int32". Use cast()`,
  );
});

describe.each(Object.entries(everyBinary))('%s', (name, fn) => {
  test('takes operands of one dtype and fitting shapes, no tf.Tensor, nothing disposed', () => {
    const received = foreign();
    const [x, three, integers, disposed] = [ones([2]), ones([3]), zeros([2], 'int32'), zeros([2])];
    disposed.dispose();
    expectNoLeaks(() => {
      expect(() => fn(x, integers)).toThrow(DTypeError);
      expect(() => fn(x, three)).toThrow(ShapeError);
      expect(() => fn(x, three)).toThrow(`${name}: shapes [2] and [3] do not broadcast`);
      expect(() => fn(x, received)).toThrow(`${name}: b must be a Tensor or a number, got a `);
      expect(() => fn(received, x)).toThrow(`${name}: a must be a Tensor or a number, got a `);
      expect(() => fn(x, disposed)).toThrow(DisposedError);
      expect(() => fn(disposed, x)).toThrow(DisposedError);
    });
  });
});

test.each(Object.entries({ ...numericBinary, ...floatBinary }))(
  '%s takes no booleans',
  (name, fn) => {
    const bool = zeros([2], 'bool');
    expect(() => fn(bool, bool)).toThrow(`${name}: a must be of dtype float32`);
  },
);

test.each(Object.entries(floatBinary))('%s takes no integers', (name, fn) => {
  const integers = zeros([2], 'int32');
  expect(() => fn(integers, integers)).toThrow(
    `${name}: a must be of dtype float32, got "int32". Use cast()`,
  );
});

test('a number with a fraction beside integers is an error, not truncated', () => {
  expect(() => add(zeros([2], 'int32'), 0.5)).toThrow(
    "add: b must be a whole number beside an int32 tensor, got 0.5. Use cast(x, 'float32') on the tensor.",
  );
});
