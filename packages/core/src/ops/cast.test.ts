// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { cast, grad, init, mul, sum, tensor, zeros } from '../index.ts';
import { trackLeaks } from '../testing/index.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

test('floats to integers lose their fraction', () => {
  const y = cast(tensor([1.9, -1.9, 0.5, -0.5, 2 ** 31, 2 ** 32 + 4096, nan, inf]), 'int32');
  expect(y.dtype).toBe('int32');
  expect(y.toArray()).toEqual([1, -1, 0, 0, -(2 ** 31), 4096, 0, 0]);
});

test('all but 0 are true', () => {
  expect(cast(tensor([0, -0, 0.25, -3, nan]), 'bool').toArray()).toEqual([
    false,
    false,
    true,
    true,
    true,
  ]);
  expect(cast(tensor([0, 256, -1], [3], 'int32'), 'bool').toArray()).toEqual([false, true, true]);
});

test('integers and booleans to floats', () => {
  expect(cast(tensor([3, -16_777_217], [2], 'int32'), 'float32').toArray()).toEqual([
    3, -16_777_216,
  ]);
  expect(cast(tensor([true, false]), 'float32').toArray()).toEqual([1, 0]);
  expect(cast(tensor([true, false]), 'int32').toArray()).toEqual([1, 0]);
});

test('scalars, no elements, and the dtype it has', () => {
  expect(cast(tensor(2.5), 'int32').item()).toBe(2);
  expect(cast(zeros([0, 3]), 'bool').shape).toEqual([0, 3]);
  const x = tensor([1.5]);
  const y = cast(x, 'float32');
  expect(y.id).not.toBe(x.id);
  expect(y.pointer).toBe(x.pointer);
});

test('the gradient flows through float32 to float32', () => {
  expect(grad((x) => sum(mul(cast(x, 'float32'), x)))(tensor([2, 3])).toArray()).toEqual([4, 6]);
});

test('a dtype that does not exist', () => {
  // @ts-expect-error no such dtype
  expect(() => cast(zeros([1]), 'float64')).toThrow(
    `cast: dtype must be 'float32', 'int32' or 'bool', got "float64"`,
  );
});
