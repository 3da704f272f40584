// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { init, mean, sum, tensor, ValueError, zeros } from '../index.ts';
import { closeTo, trackLeaks } from '../testing/index.ts';
import { expectReduction } from './reduction-testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const total = (values: number[]) => values.reduce((a, b) => a + b, 0);
const tolerance = { relative: 1e-6, absolute: 1e-6 };

test('sum is within 1e-6 of float64 over any axes', () => {
  expectReduction(sum, total, tolerance);
});

test('mean is within 1e-6 of float64 over any axes', () => {
  expectReduction(mean, (values) => total(values) / values.length, tolerance);
});

test('a million numbers near 0.1 sum to within 5e-6 relative', () => {
  const values = Float32Array.from({ length: 1_000_000 }, (_, i) => 0.1 + (i % 7) * 1e-3);
  closeTo(sum(tensor(values)), [values.reduce((a, b) => a + b, 0)], {
    relative: 5e-6,
    absolute: 0,
  });
});

test('over no elements the sum is 0 and the mean NaN', () => {
  expect(sum(zeros([2, 0]), { axis: 1 }).toArray()).toEqual([0, 0]);
  expect(sum(zeros([0])).item()).toBe(0);
  expect(mean(zeros([2, 0]), { axis: 1 }).toArray()).toEqual([Number.NaN, Number.NaN]);
  expect(mean(zeros([0, 2]), { axis: 1 }).shape).toEqual([0]);
});

test('integers wrap modulo 2^32', () => {
  const x = tensor(
    [
      [1, 5],
      [7, 2_147_483_647],
    ],
    [2, 2],
    'int32',
  );
  expect(sum(x, { axis: 1 }).dtype).toBe('int32');
  expect(sum(x, { axis: 1 }).toArray()).toEqual([6, -2_147_483_642]);
  expect(sum(x, { axis: 0 }).toArray()).toEqual([8, -2_147_483_644]);
});

test('axes out of range or repeated, and integers in mean', () => {
  const x = zeros([2, 3]);
  expect(() => sum(x, { axis: 2 })).toThrow(ValueError);
  expect(() => sum(x, { axis: 2 })).toThrow('sum: axis must be a whole number in [-2, 2), got 2.');
  expect(() => sum(x, { axis: [0, -2] })).toThrow('sum: axis must be free of repeats');
  expect(() => mean(tensor(1), { axis: 0 })).toThrow(
    'mean: axis must be absent for a scalar, got 0.',
  );
  expect(() => mean(zeros([2], 'int32'))).toThrow('mean: x must be of dtype float32, got "int32"');
});
