// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { grad, init, logSumExp, sum, tensor, zeros } from '../index.ts';
import { closeTo, trackLeaks } from '../testing/index.ts';
import { expectReduction } from './reduction-testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

test('within 1e-6 of float64 over any axes', () => {
  const reference = (values: number[]) => Math.log(values.reduce((sum, x) => sum + Math.exp(x), 0));
  expectReduction(logSumExp, reference, { relative: 1e-6, absolute: 1e-6 });
});

test('large values do not overflow, and infinities are kept', () => {
  const x = tensor([
    [1e4, 1e4],
    [-1e4, -1e4],
    [-inf, 3],
    [-inf, -inf],
    [inf, 0],
    [inf, -inf],
    [nan, 0],
  ]);
  closeTo(logSumExp(x, { axis: 1 }), [1e4 + Math.LN2, -1e4 + Math.LN2, 3, -inf, inf, inf, nan]);
});

test('of no elements it is −Infinity', () => {
  expect(logSumExp(zeros([2, 0]), { axis: 1 }).toArray()).toEqual([-inf, -inf]);
  expect(logSumExp(zeros([0])).item()).toBe(-inf);
});

test('the gradient is softmax, and 0 in a row of −Infinity', () => {
  const dx = grad((x) => sum(logSumExp(x, { axis: 1 })));
  closeTo(
    dx(
      tensor([
        [0, 0],
        [-inf, 5],
        [-inf, -inf],
      ]),
    ),
    [0.5, 0.5, 0, 1, 0, 0],
  );
});
