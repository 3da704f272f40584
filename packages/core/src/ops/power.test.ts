// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, test } from 'vitest';
import { grad, init, pow, sum, tensor, vjp } from '../index.ts';
import { closeTo, trackLeaks } from '../testing/index.ts';
import { expectBinary } from './elementwise-testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

test('pow has relative error below 3e-7 in every broadcast', () => {
  const tolerance = { relative: 3e-7, absolute: 0 };
  const [a, b] = [{ offset: 2 }, { scale: 6 }];
  expectBinary(pow, (x, y) => x ** y, { a, b, tolerance });
});

test('pow of negative numbers and at the limits', () => {
  const a = tensor([-2, -2, -2, 0, 0, 0, inf, nan, 5]);
  const b = tensor([2, 3, 0.5, 0, 2, -1, -1, 0, nan]);
  closeTo(pow(a, b), [4, -8, nan, 1, 0, inf, 0, 1, nan]);
});

test('gradients for negative bases and where a base or an exponent is 0', () => {
  const { pullback, dispose } = vjp(pow, [
    tensor([-2, 0, 0, 0, 3, -2]),
    tensor([3, 2, 1, 0, 0, 2]),
  ]);
  const [da, db] = pullback(tensor([1, 1, 1, 1, 1, 1]));
  dispose();
  closeTo(da ?? [], [12, 0, 1, 0, 0, -4]);
  closeTo(db ?? [], [0, 0, 0, 0, Math.log(3), 0]);
});

test('a number as the exponent: d(x³)/dx = 3x², d²/dx² = 6x', () => {
  const cube = (x: ReturnType<typeof tensor>) => sum(pow(x, 3));
  const x = tensor([0.5, -1.5, 0]);
  closeTo(grad(cube)(x), [0.75, 6.75, 0]);
  closeTo(grad((y) => sum(grad(cube)(y)))(x), [3, -9, 0]);
});
