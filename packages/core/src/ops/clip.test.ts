// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { clip, grad, init, sum, tensor, ValueError } from '../index.ts';
import { closeTo, trackLeaks } from '../testing/index.ts';
import { expectUnary } from './elementwise-testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

test('clip is exact', () => {
  const [min, max] = [-0.5, 0.25];
  expectUnary(
    (x) => clip(x, min, max),
    (x) => Math.min(Math.max(x, min), max),
    { tolerance: { relative: 0, absolute: 0 }, points: [inf, -inf, nan, min, max, 0] },
  );
});

test('one bound may be infinite, and both may be equal', () => {
  const x = tensor([-2, 3]);
  expect(clip(x, 0, inf).toArray()).toEqual([0, 3]);
  expect(clip(x, -inf, 0).toArray()).toEqual([-2, 0]);
  expect(clip(x, 1, 1).toArray()).toEqual([1, 1]);
});

test('integers', () => {
  const y = clip(tensor([-7, 2, 9], [3], 'int32'), -1, 4);
  expect(y.dtype).toBe('int32');
  expect(y.toArray()).toEqual([-1, 2, 4]);
});

test('the gradient flows from min to max, the ends included', () => {
  const dx = grad((x) => sum(clip(x, -1, 1)))(tensor([-2, -1, 0.5, 1, 1.5]));
  closeTo(dx, [0, 1, 1, 1, 0]);
});

test('bounds in the wrong order, NaN, or with a fraction beside integers', () => {
  const x = tensor([1]);
  expect(() => clip(x, 2, 1)).toThrow(new ValueError('clip: min must be at most max = 1, got 2.'));
  expect(() => clip(x, nan, 1)).toThrow('clip: min must be a number, got NaN');
  expect(() => clip(tensor([1], [1], 'int32'), 0, 1.5)).toThrow(
    'clip: max must be a whole number for int32, got 1.5',
  );
});
