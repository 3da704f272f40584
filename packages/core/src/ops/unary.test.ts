// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { abs, grad, init, neg, rsqrt, sign, sqrt, square, sum, tensor } from '../index.ts';
import { closeTo, trackLeaks } from '../testing/index.ts';
import { expectUnary } from './elementwise-testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const { NaN: nan, POSITIVE_INFINITY: inf, NEGATIVE_INFINITY: minusInf } = Number;
const exact = { relative: 0, absolute: 0 };
const halfUlp = { relative: 6e-8, absolute: 0 };

test('neg is exact', () => {
  expectUnary(neg, (x) => -x, { tolerance: exact, points: [0, inf, minusInf, nan] });
});

test('abs is exact', () => {
  expectUnary(abs, Math.abs, { tolerance: exact, points: [-0, inf, minusInf, nan] });
});

test('sign is exact, and NaN for NaN', () => {
  expectUnary(sign, Math.sign, {
    tolerance: exact,
    points: [0, 1e-45, -1e-45, inf, minusInf, nan],
  });
});

test('square is rounded once: relative error at most 6e-8', () => {
  expectUnary(square, (x) => x * x, { tolerance: halfUlp, points: [0, -3, inf, minusInf, nan] });
});

test('sqrt is rounded once: relative error at most 6e-8', () => {
  const points = [0, 1e-30, 2, inf, -1, nan];
  expectUnary(sqrt, Math.sqrt, { offset: 2, tolerance: halfUlp, points });
});

test('rsqrt has relative error at most 1.2e-7', () => {
  const points = [0, 1e-30, 2, inf, -1, nan];
  const tolerance = { relative: 1.2e-7, absolute: 0 };
  expectUnary(rsqrt, (x) => 1 / Math.sqrt(x), { offset: 2, tolerance, points });
});

test('integers stay integers and wrap modulo 2^32', () => {
  const x = tensor([-3, 0, 70_000, 2_147_483_647, -2_147_483_648], [5], 'int32');
  expect(neg(x).dtype).toBe('int32');
  expect(neg(x).toArray()).toEqual([3, 0, -70_000, -2_147_483_647, -2_147_483_648]);
  expect(abs(x).toArray()).toEqual([3, 0, 70_000, 2_147_483_647, -2_147_483_648]);
  expect(sign(x).toArray()).toEqual([-1, 0, 1, 1, -1]);
  expect(square(x).toArray()).toEqual([9, 0, 605_032_704, 1, 0]);
});

test('the gradients of abs and sign at 0 are 0', () => {
  const x = tensor([0, -0]);
  closeTo(grad((y) => sum(abs(y)))(x), [0, 0], exact);
  closeTo(grad((y) => sum(sign(y)))(x), [0, 0], exact);
});

test('the gradient of sqrt at 0 is Infinity', () => {
  closeTo(grad((y) => sum(sqrt(y)))(tensor([0, 4])), [inf, 0.25]);
});
