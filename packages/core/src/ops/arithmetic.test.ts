// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { add, div, grad, init, mul, neg, sub, sum, tensor } from '../index.ts';
import { closeTo, sines, trackLeaks } from '../testing/index.ts';
import { expectBinary } from './elementwise-testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const tolerance = { relative: 6e-8, absolute: 0 };

test('add, sub, mul and div are rounded once in every broadcast: relative error at most 6e-8', () => {
  expectBinary(add, (a, b) => a + b, { tolerance });
  expectBinary(sub, (a, b) => a - b, { tolerance });
  expectBinary(mul, (a, b) => a * b, { tolerance });
  expectBinary(div, (a, b) => a / b, { b: { offset: 2 }, tolerance });
});

test('numbers may stand for either operand', () => {
  const x = tensor([1, 2, 4]);
  closeTo(add(x, 1), [2, 3, 5]);
  closeTo(sub(1, x), [0, -1, -3]);
  closeTo(mul(x, -2), [-2, -4, -8]);
  closeTo(div(1, x), [1, 0.5, 0.25]);
  closeTo(add(1, 2), [3]);
});

test('div by 0 gives infinities and NaN', () => {
  const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
  closeTo(div(tensor([1, -1, 0]), 0), [inf, -inf, nan]);
});

test('the gradient of div holds for divisors whose square has no float32', () => {
  const dx = grad((x) => sum(div(1e-30, x)))(tensor([1e-25]));
  closeTo(dx, [-1e20], { relative: 1e-5 });
});

test('integers stay integers and wrap modulo 2^32', () => {
  const a = tensor(
    [
      [1, -7],
      [2_147_483_647, 65_536],
    ],
    [2, 2],
    'int32',
  );
  const b = tensor([3, 65_537], [2], 'int32');
  expect(add(a, b).dtype).toBe('int32');
  expect(add(a, b).toArray()).toEqual([
    [4, 65_530],
    [-2_147_483_646, 131_073],
  ]);
  expect(sub(b, a).toArray()).toEqual([
    [2, 65_544],
    [-2_147_483_644, 1],
  ]);
  expect(mul(a, b).toArray()).toEqual([
    [3, -458_759],
    [2_147_483_645, 65_536],
  ]);
  expect(mul(a, 2).toArray()).toEqual([
    [2, -14],
    [-2, 131_072],
  ]);
});

test('an op may get one tensor as both operands', () => {
  const x = sines([3, 4], { start: 1 });
  closeTo(sub(x, x), new Float32Array(12));
  closeTo(add(x, neg(x)), new Float32Array(12));
});
