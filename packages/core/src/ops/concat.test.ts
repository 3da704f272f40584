// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { concat, DTypeError, init, type Shape, ShapeError, ValueError, zeros } from '../index.ts';
import { trackLeaks } from '../testing/leaks.ts';
import { byIndex, elementsOf } from './by-index-testing.ts';
import { counting } from './movement-testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

describe('concat', () => {
  // biome-ignore format: a table
  const cases: [Shape[], number][] = [
    [[[2], [3]], 0],
    [[[2, 3], [1, 3], [4, 3]], 0],
    [[[2, 3], [2, 1], [2, 4]], 1],
    [[[2, 3], [2, 1], [2, 4]], -1],
    [[[2, 3, 4], [2, 1, 4]], 1],
    [[[2, 3, 2, 3], [2, 3, 1, 3]], -2],
    [[[0, 3], [2, 3]], 0],
    [[[2, 0], [2, 0]], 1],
    [[[3, 2]], 0],
  ];
  test.each(cases)('%j along %j', (shapes, axis) => {
    const along = axis < 0 ? axis + (shapes[0]?.length ?? 0) : axis;
    for (const dtype of ['float32', 'int32', 'bool'] as const) {
      const parts = shapes.map((shape, part) => counting(shape, dtype, 100 * part));
      const result = concat(parts, axis);
      const total = shapes.reduce((sum, shape) => sum + (shape[along] ?? 0), 0);
      expect(result.shape).toEqual(shapes[0]?.with(along, total));
      expect(result.dtype).toBe(dtype);
      const readers = parts.map(elementsOf);
      const expected = byIndex(result.shape, (index) => {
        let position = index[along] ?? 0;
        let part = 0;
        while (position >= (shapes[part]?.[along] ?? 0)) position -= shapes[part++]?.[along] ?? 0;
        return readers[part]?.(index.with(along, position)) ?? Number.NaN;
      });
      expect([...result.data()]).toEqual(expected);
    }
  });

  test('refuses nothing, other shapes, dtypes and axes', () => {
    expect(() => concat([])).toThrow(ValueError);
    expect(() => concat([zeros([2, 3]), zeros([2, 2])])).toThrow(
      'concat: tensors[1] must be of shape [2,3], as the first, except for the size of axis 0, got "[2,2]".',
    );
    expect(() => concat([zeros([2, 3]), zeros([3])])).toThrow(ShapeError);
    expect(() => concat([zeros([2]), zeros([2], 'int32')])).toThrow(DTypeError);
    expect(() => concat([zeros([2])], 1)).toThrow('concat: axis must be a whole number in [-1, 1)');
    expect(() => concat([zeros([]), zeros([])])).toThrow(
      'concat: axis must be absent for a scalar',
    );
  });
});
