// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { grad, greater, init, log, sum, tensor, where, zeros } from '../index.ts';
import { closeTo, sines, trackLeaks } from '../testing/index.ts';
import { sourceOf } from './elementwise-testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const [no, yes] = [false, true];

test.each([
  { condition: [], a: [], b: [], shape: [] },
  { condition: [5], a: [5], b: [5], shape: [5] },
  { condition: [2, 3], a: [3], b: [2, 1], shape: [2, 3] },
  { condition: [3], a: [2, 3], b: [], shape: [2, 3] },
  { condition: [2, 1, 1], a: [3, 1], b: [4], shape: [2, 3, 4] },
  { condition: [], a: [4], b: [4], shape: [4] },
  { condition: [4], a: [], b: [1], shape: [4] },
  { condition: [0, 3], a: [3], b: [], shape: [0, 3] },
])('condition $condition, a $a, b $b', ({ condition, a, b, shape }) => {
  const [test, x, y] = [
    greater(sines(condition, { start: 2 }), 0),
    sines(a),
    sines(b, { start: 7 }),
  ];
  const [holds, left, right] = [test.data(), x.data(), y.data()];
  const z = where(test, x, y);
  expect(z.shape).toEqual(shape);
  const expected = Array.from(z.data(), (_, i) =>
    holds[sourceOf(i, shape, condition)]
      ? left[sourceOf(i, shape, a)]
      : right[sourceOf(i, shape, b)],
  );
  expect([...z.data()]).toEqual(expected);
});

test('numbers, integers and booleans', () => {
  const condition = tensor([yes, no, yes]);
  expect(where(condition, 1, tensor([7, 8, 9])).toArray()).toEqual([1, 8, 1]);
  expect(where(condition, 1, 0).dtype).toBe('float32');
  const integers = where(condition, tensor([1, 2, 3], [3], 'int32'), -1);
  expect(integers.dtype).toBe('int32');
  expect(integers.toArray()).toEqual([1, -1, 3]);
  const booleans = where(condition, tensor(no), tensor([yes, yes, no]));
  expect(booleans.toArray()).toEqual([no, yes, no]);
});

test('the side that is not chosen may be NaN or infinite', () => {
  const x = tensor([Number.NaN, 2, Number.POSITIVE_INFINITY]);
  expect(where(tensor([no, yes, no]), x, 0).toArray()).toEqual([0, 2, 0]);
});

test('a harmless input keeps the gradient of the other side finite', () => {
  const dx = grad((x) => {
    const isPositive = greater(x, 0);
    return sum(where(isPositive, log(where(isPositive, x, 1)), 0));
  })(tensor([0, 2, -1]));
  closeTo(dx, [0, 0.5, 0]);
});

test('operands of different dtypes, and a condition that is not bool', () => {
  const condition = tensor([yes]);
  expect(() => where(condition, tensor([1]), zeros([1], 'int32'))).toThrow(
    'where: operands must have one dtype',
  );
  // @ts-expect-error the condition is a tensor
  expect(() => where(true, 1, 2)).toThrow('where: condition must be a Tensor');
  expect(() => where(tensor([1]), 1, 2)).toThrow(
    'where: condition must be of dtype bool, got "float32"',
  );
  expect(() => where(condition, zeros([2]), zeros([3]))).toThrow(
    'where: shapes [2] and [3] do not broadcast',
  );
});
