// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { argMax, init, ShapeError, tensor, zeros } from '../index.ts';
import { sines, trackLeaks } from '../testing/index.ts';
import { groups } from './reduction-testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

test.each([
  { shape: [9], axis: 0, left: [] },
  { shape: [4, 37], axis: -1, left: [4] },
  { shape: [37, 4], axis: 0, left: [4] },
  { shape: [2, 5, 3], axis: 1, left: [2, 3] },
  { shape: [0, 3], axis: 1, left: [0] },
])('$shape over axis $axis', ({ shape, axis, left }) => {
  const x = sines(shape, { start: 1 });
  const y = argMax(x, { axis });
  expect(y.dtype).toBe('int32');
  expect(y.shape).toEqual(left);
  const places = groups(x, [axis]).map((values) => values.indexOf(Math.max(...values)));
  expect([...y.data()]).toEqual(left.includes(0) ? [] : places);
});

test('the last axis is the default, and the first of equals is taken', () => {
  expect(
    argMax(
      tensor([
        [1, 3, 3],
        [-1, -1, -1],
      ]),
    ).toArray(),
  ).toEqual([1, 0]);
});

test('NaN counts as the greatest', () => {
  const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
  expect(
    argMax(
      tensor([
        [1, nan, inf],
        [nan, nan, 1],
        [-inf, -inf, -inf],
      ]),
    ).toArray(),
  ).toEqual([1, 0, 0]);
});

test('integers that float32 cannot tell apart', () => {
  const x = tensor(
    [
      [16_777_216, 16_777_217],
      [3, -5],
    ],
    [2, 2],
    'int32',
  );
  expect(argMax(x).toArray()).toEqual([1, 0]);
  expect(argMax(x, { axis: 0 }).toArray()).toEqual([0, 0]);
});

test('scalars and empty axes have none', () => {
  expect(() => argMax(tensor(1))).toThrow('argMax: axis must be absent for a scalar, got -1.');
  expect(() => argMax(zeros([2, 0]))).toThrow(ShapeError);
});
