// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { init, tensor, topK, ValueError, zeros } from '../index.ts';
import { sines, trackLeaks } from '../testing/index.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

test('every k of rows of 7', () => {
  const x = sines([3, 7], { start: 1 });
  for (let k = 0; k <= 7; k++) {
    const { values, indices } = topK(x, k);
    expect([values.dtype, indices.dtype]).toEqual(['float32', 'int32']);
    expect([values.shape, indices.shape]).toEqual([
      [3, k],
      [3, k],
    ]);
    for (let row = 0; row < 3; row++) {
      const elements = [...x.data().slice(7 * row, 7 * row + 7)];
      const order = elements
        .map((_, i) => i)
        .sort((a, b) => (elements[b] ?? 0) - (elements[a] ?? 0));
      const part = [k * row, k * row + k] as const;
      expect([...indices.data().slice(...part)]).toEqual(order.slice(0, k));
      expect([...values.data().slice(...part)]).toEqual(order.slice(0, k).map((i) => elements[i]));
    }
  }
});

test('of equals the lower index comes first, NaN before all', () => {
  const { values, indices } = topK(tensor([2, 5, Number.NaN, 5, 2]), 4);
  expect(values.toArray()).toEqual([Number.NaN, 5, 5, 2]);
  expect(indices.toArray()).toEqual([2, 1, 3, 0]);
});

test('integers, no rows and empty rows', () => {
  const { values } = topK(tensor([16_777_216, 16_777_217], [2], 'int32'), 1);
  expect([values.dtype, ...values.data()]).toEqual(['int32', 16_777_217]);
  expect(topK(zeros([0, 3]), 2).values.shape).toEqual([0, 2]);
  expect(topK(zeros([2, 0]), 0).indices.shape).toEqual([2, 0]);
});

test('a k that is no size, and a scalar', () => {
  const expected = 'topK: k must be a whole number in [0, 3], the size of the last axis, got 4.';
  expect(() => topK(zeros([3]), 4)).toThrow(new ValueError(expected));
  expect(() => topK(zeros([3]), 1.5)).toThrow('got 1.5');
  expect(() => topK(tensor(1), 1)).toThrow('topK: x must be of at least one dimension');
});
