// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { init, tensor, variance, zeros } from '../index.ts';
import { checkGrads, closeTo, cosines, trackLeaks } from '../testing/index.ts';
import { expectReduction } from './reduction-testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const { NaN: nan } = Number;

function reference(values: number[], ddof: number): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0);
  return values.length > ddof ? squares / (values.length - ddof) : nan;
}

test('within 1e-6 of float64 over any axes', () => {
  const tolerance = { relative: 1e-6, absolute: 1e-6 };
  expectReduction(variance, (values) => reference(values, 0), tolerance);
});

test('with ddof 1 the divisor is n − 1, and one element has no variance', () => {
  const x = tensor([
    [1, 2, 4],
    [-3, 0, 3],
  ]);
  closeTo(variance(x, { axis: 1, ddof: 1 }), [7 / 3, 9]);
  closeTo(variance(x, { axis: 1 }), [14 / 9, 6]);
  closeTo(variance(tensor([[5], [6]]), { axis: 1, ddof: 1 }), [nan, nan]);
  closeTo(variance(tensor(5), { ddof: 2 }), [nan]);
});

test('a large mean costs no precision: within 1e-3 of float64 around 10,000', () => {
  const x = cosines([500], { offset: 10_000 });
  closeTo(variance(x), [reference([...x.data()], 0)], { relative: 1e-3 });
});

test('no elements', () => {
  closeTo(variance(zeros([2, 0]), { axis: 1 }), [nan, nan]);
  expect(variance(zeros([0, 2]), { axis: 1 }).shape).toEqual([0]);
});

test('gradients, first and second', () => {
  for (const options of [{}, { axis: 0 }, { axis: -1, ddof: 1, keepDims: true }]) {
    checkGrads((x) => variance(x, options), [cosines([2, 3])], { order: 2 });
  }
});
