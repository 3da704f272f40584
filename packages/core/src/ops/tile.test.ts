// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { init, type Shape, tile, zeros } from '../index.ts';
import { trackLeaks } from '../testing/leaks.ts';
import { checkByIndex } from './movement-testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

describe('tile', () => {
  // biome-ignore format: a table
  const cases: [Shape, number[]][] = [
    [[3], [2]],
    [[2, 3], [1, 2]],
    [[2, 3], [2, 1]],
    [[2, 3], [3, 2]],
    [[2, 1, 3], [2, 3, 2]],
    [[2, 3, 2, 2], [2, 2, 2, 2]],
    [[2, 3], [0, 2]],
    [[0, 3], [2, 2]],
    [[], []],
  ];
  test.each(cases)('%j by %j', (shape, reps) => {
    const outShape = shape.map((size, axis) => size * (reps[axis] ?? 0));
    checkByIndex(
      shape,
      (x) => tile(x, reps),
      outShape,
      (at, index) => at(index.map((i, axis) => i % (shape[axis] ?? 1))),
    );
  });

  test.each([[[2]], [[2, -1]], [[1.5, 1]]])('refuses %j for two axes', (reps) => {
    expect(() => tile(zeros([2, 3]), reps)).toThrow(
      'tile: reps must be a whole number of at least 0 for each axis of [2,3], got [',
    );
  });
});
