// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { init, type Shape, transpose, ValueError, zeros } from '../index.ts';
import { trackLeaks } from '../testing/leaks.ts';
import { checkByIndex, counting, isView } from './movement-testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

describe('transpose', () => {
  // biome-ignore format: a table
  const cases: [Shape, number[]][] = [
    [[], []],
    [[4], [0]],
    [[3, 5], [1, 0]],
    [[9, 17], [1, 0]],
    [[2, 3, 4], [2, 1, 0]],
    [[2, 3, 4], [1, 0, 2]],
    [[2, 3, 4], [0, 2, 1]],
    [[2, 3, 4], [2, 0, 1]],
    [[2, 3, 4, 5], [0, 2, 1, 3]],
    [[2, 3, 4, 5], [-1, 1, -2, 0]],
    [[2, 1, 3, 1], [3, 2, 0, 1]],
    [[2, 3, 2, 3, 2, 3, 2], [6, 5, 4, 3, 2, 1, 0]],
    [[2, 2, 2, 2, 2, 2, 2, 2], [7, 5, 3, 1, 6, 4, 2, 0]],
    [[0, 3, 2], [2, 0, 1]],
  ];
  test.each(cases)('%j by %j moves axes', (shape, perm) => {
    const order = perm.map((axis) => (axis < 0 ? axis + shape.length : axis));
    const outShape = order.map((axis) => shape[axis] ?? 0);
    checkByIndex(
      shape,
      (x) => transpose(x, perm),
      outShape,
      (at, index) => at(shape.map((_, axis) => index[order.indexOf(axis)] ?? 0)),
    );
  });

  test('reverses the axes by default', () => {
    expect(transpose(zeros([2, 3, 4])).shape).toEqual([4, 3, 2]);
  });

  test('is a view when only axes of size 1 move', () => {
    expect(isView(counting([2, 1, 3]), (x) => transpose(x, [1, 0, 2]))).toBe(true);
    expect(isView(counting([2, 1, 3]), (x) => transpose(x, [2, 1, 0]))).toBe(false);
  });

  test.each([[[0]], [[0, 0]], [[0, 1, 2]]])('refuses the permutation %j of two axes', (perm) => {
    expect(() => transpose(zeros([2, 3]), perm)).toThrow(ValueError);
  });

  test('names the axes in its errors', () => {
    expect(() => transpose(zeros([2, 3]), [0, 0])).toThrow(
      'transpose: perm must be a permutation of the 2 axes of [2,3], got [0, 0].',
    );
  });
});
