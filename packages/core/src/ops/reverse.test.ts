// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { init, reverse, type Shape, zeros } from '../index.ts';
import { trackLeaks } from '../testing/leaks.ts';
import { checkByIndex } from './movement-testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

describe('reverse', () => {
  // biome-ignore format: a table
  const cases: [Shape, number | number[] | undefined][] = [
    [[5], 0],
    [[3, 4], 0],
    [[3, 4], 1],
    [[3, 4], undefined],
    [[2, 3, 4], [0, 2]],
    [[2, 3, 4], -2],
    [[2, 1, 3, 2], [1, -1]],
    [[], undefined],
    [[0, 3], 1],
  ];
  test.each(cases)('%j along %j', (shape, axis) => {
    const axes = axis === undefined ? shape.map((_, i) => i) : [axis].flat();
    const turned = axes.map((each) => (each < 0 ? each + shape.length : each));
    checkByIndex(
      shape,
      (x) => reverse(x, axis),
      shape,
      (at, index) =>
        at(index.map((i, each) => (turned.includes(each) ? (shape[each] ?? 0) - 1 - i : i))),
    );
  });

  test('refuses an axis out of range or twice', () => {
    expect(() => reverse(zeros([2, 3]), 2)).toThrow(
      'reverse: axis must be a whole number in [-2, 2), got 2.',
    );
    expect(() => reverse(zeros([2, 3]), [1, -1])).toThrow('reverse: axis must be free of repeats');
  });
});
