// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { init, memory, pad, type Shape, ShapeError, tensor, zeros } from '../index.ts';
import { trackLeaks } from '../testing/leaks.ts';
import { checkByIndex } from './movement-testing.ts';
import type { Paddings } from './pad.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

describe('pad', () => {
  // biome-ignore format: a table
  const cases: [Shape, Paddings][] = [
    [[3], [[2, 1]]],
    [[3, 2], [[1, 2], [0, 0]]],
    [[3, 2], [[0, 0], [2, 1]]],
    [[3, 2], [[1, 0], [0, 3]]],
    [[2, 3, 4], [[1, 1], [2, 0], [0, 2]]],
    [[2, 3, 4], [[0, 1], [0, 0], [1, 1]]],
    [[2, 1, 2, 3], [[1, 0], [1, 1], [0, 2], [1, 0]]],
    [[2, 2, 1], [[1, 0], [0, 1], [0, 0]]],
    [[0, 2], [[1, 1], [0, 1]]],
    [[], []],
  ];
  test.each(cases)('%j by %j', (shape, paddings) => {
    const outShape = shape.map(
      (size, axis) => size + (paddings[axis]?.[0] ?? 0) + (paddings[axis]?.[1] ?? 0),
    );
    checkByIndex(
      shape,
      (x) => pad(x, paddings, 1),
      outShape,
      (at, index) => {
        const source = index.map((i, axis) => i - (paddings[axis]?.[0] ?? 0));
        const isInside = source.every((i, axis) => i >= 0 && i < (shape[axis] ?? 0));
        return isInside ? at(source) : 1;
      },
    );
  });

  test('uses 0 by default', () => {
    expect(pad(tensor([3]), [[1, 2]]).toArray()).toEqual([0, 3, 0, 0]);
  });

  test.each<[Paddings]>([
    [[[1, 1]]],
    [
      [
        [0, 0],
        [-1, 0],
      ],
    ],
    [
      [
        [0.5, 0],
        [0, 0],
      ],
    ],
  ])('refuses %j for two axes', (paddings) => {
    expect(() => pad(zeros([2, 3]), paddings)).toThrow(
      'pad: paddings must be a pair of whole numbers of at least 0 for each axis of [2,3], got [[',
    );
  });

  test('refuses a result that is too large before it allocates', () => {
    const x = zeros([2]);
    const { bytes } = memory();
    expect(() => pad(x, [[2 ** 30, 0]])).toThrow(ShapeError);
    expect(memory().bytes).toBe(bytes);
  });
});
