// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { grad, init, maximum, minimum, sum, tensor, vjp } from '../index.ts';
import { checkGrads, closeTo, trackLeaks } from '../testing/index.ts';
import { expectBinary } from './elementwise-testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const exact = { relative: 0, absolute: 0 };
const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

test('maximum and minimum are exact in every broadcast', () => {
  expectBinary(maximum, Math.max, { tolerance: exact });
  expectBinary(minimum, Math.min, { tolerance: exact });
});

test('NaN on either side gives NaN', () => {
  const [a, b] = [tensor([nan, 1, nan, -inf]), tensor([1, nan, nan, inf])];
  closeTo(maximum(a, b), [nan, nan, nan, inf]);
  closeTo(minimum(a, b), [nan, nan, nan, -inf]);
});

test('integers', () => {
  const [a, b] = [tensor([1, -5], [2], 'int32'), tensor([0, 2_147_483_647], [2], 'int32')];
  expect(maximum(a, b).toArray()).toEqual([1, 2_147_483_647]);
  expect(minimum(a, b).toArray()).toEqual([0, -5]);
  expect(minimum(a, 0).dtype).toBe('int32');
});

test('each side of a tie gets half of the gradient, as central differences say', () => {
  const [a, b] = [tensor([1, 2, 3]), tensor([1, 3, 2])];
  for (const [fn, da, db] of [
    [maximum, [0.5, 0, 1], [0.5, 1, 0]],
    [minimum, [0.5, 1, 0], [0.5, 0, 1]],
  ] as const) {
    const { pullback, dispose } = vjp(fn, [a, b]);
    const gradients = pullback(tensor([1, 1, 1]));
    dispose();
    expect(gradients.map((gradient) => gradient.toArray())).toEqual([da, db]);
    checkGrads(fn, [a, b]);
  }
});

test('maximum(x, 0) has the gradient ½ at 0', () => {
  expect(grad((x) => sum(maximum(x, 0)))(tensor([-1, 0, 1])).toArray()).toEqual([0, 0.5, 1]);
});
