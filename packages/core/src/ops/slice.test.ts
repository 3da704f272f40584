// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { init, type Shape, slice, zeros } from '../index.ts';
import { trackLeaks } from '../testing/leaks.ts';
import { checkByIndex, counting, isView } from './movement-testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

describe('slice', () => {
  // biome-ignore format: a table
  const cases: [Shape, number[], number[]][] = [
    [[5], [1], [3]],
    [[5, 4], [2, 0], [2, 4]],
    [[5, 4], [0, 1], [5, 2]],
    [[5, 4], [3, 2], [2, 1]],
    [[3, 4, 5], [1, 1, 1], [2, 2, 3]],
    [[3, 4, 5], [2, 1, 0], [1, 2, 5]],
    [[2, 3, 4, 5], [1, 0, 1, 2], [1, 2, 3, 2]],
    [[2, 3, 2, 3, 2, 3, 2], [0, 1, 0, 1, 0, 1, 0], [2, 2, 1, 2, 2, 2, 1]],
    [[3, 4], [1, 4], [2, 0]],
    [[0, 4], [0, 1], [0, 2]],
    [[], [], []],
  ];
  test.each(cases)('%j from %j of size %j', (shape, begin, size) => {
    checkByIndex(
      shape,
      (x) => slice(x, begin, size),
      size,
      (at, index) => at(index.map((i, axis) => i + (begin[axis] ?? 0))),
    );
  });

  test('takes one number for the first axis, and goes on to the end by default', () => {
    const x = counting([5, 4]);
    expect(slice(x, 3).shape).toEqual([2, 4]);
    expect(slice(x, 3, 1).shape).toEqual([1, 4]);
    expect(slice(x, [1, 2]).shape).toEqual([4, 2]);
    expect(slice(x, [1, 2], [-1, 1]).shape).toEqual([4, 1]);
    expect(slice(x, 5).shape).toEqual([0, 4]);
  });

  test('of whole rows is a view', () => {
    const x = counting([5, 4]);
    expect(isView(x, (y) => slice(y, 1, 3))).toBe(true);
    expect(isView(x, (y) => slice(y, [2, 1], [1, 2]))).toBe(true);
    expect(isView(x, (y) => slice(y, [0, 1], [5, 2]))).toBe(false);
  });

  test.each<[number | number[], number | number[] | undefined]>([
    [6, undefined],
    [-1, 1],
    [3, 3],
    [
      [0, 2],
      [1, 3],
    ],
    [[0, 0, 0], undefined],
    [0.5, 1],
    [0, -2],
  ])('refuses a part that is not inside: %j, %j', (begin, size) => {
    expect(() => slice(zeros([5, 4]), begin, size)).toThrow(
      'slice: begin and size must be a part of shape [5,4], got "begin [',
    );
  });
});
