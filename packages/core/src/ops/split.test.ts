// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  GradientTape,
  init,
  memory,
  mul,
  type Shape,
  split,
  type Tensor,
  zeros,
} from '../index.ts';
import { cosines, sines } from '../testing/fixtures.ts';
import { trackLeaks } from '../testing/leaks.ts';
import { byIndex, elementsOf } from './by-index-testing.ts';
import { counting } from './movement-testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

describe('split', () => {
  // biome-ignore format: a table
  const cases: [Shape, number | number[], number, number[]][] = [
    [[6], 3, 0, [2, 2, 2]],
    [[6], [1, 0, 5], 0, [1, 0, 5]],
    [[4, 3], 2, 0, [2, 2]],
    [[4, 6], [1, 2, 3], 1, [1, 2, 3]],
    [[2, 6, 3], 2, 1, [3, 3]],
    [[2, 3, 8], 4, -1, [2, 2, 2, 2]],
    [[0, 4], 2, 1, [2, 2]],
    [[0, 4], 2, 0, [0, 0]],
  ];
  test.each(cases)('%j into %j along %i', (shape, sizes, axis, lengths) => {
    const along = axis < 0 ? axis + shape.length : axis;
    const x = counting(shape);
    const at = elementsOf(x);
    let begin = 0;
    const parts = split(x, sizes, axis);
    expect(parts.map((part) => part.shape)).toEqual(
      lengths.map((length) => shape.with(along, length)),
    );
    parts.forEach((part, i) => {
      const start = begin;
      const expected = byIndex(part.shape, (index) =>
        at(index.with(along, (index[along] ?? 0) + start)),
      );
      expect([...part.data()]).toEqual(expected);
      begin += lengths[i] ?? 0;
    });
  });

  test('along the first axis makes views', () => {
    const x = cosines([6, 2]);
    const { bytes } = memory();
    split(x, 3);
    expect(memory().bytes).toBe(bytes);
  });

  test('gives the parts that nothing used zero gradients', () => {
    const x = sines([2, 5]);
    const tape = new GradientTape();
    tape.watch(x);
    const y = tape.record(() => mul(split(x, [2, 2, 1], 1)[1] as Tensor, 3));
    const [dx] = tape.gradient(y, [x]);
    expect(dx?.toArray()).toEqual([
      [0, 0, 3, 3, 0],
      [0, 0, 3, 3, 0],
    ]);
  });

  test.each([[4], [0], [-1], [1.5], [[]], [[1, 2]], [[-1, 7]]])(
    'refuses %j for an axis of 6',
    (sizes) => {
      expect(() => split(zeros([6]), sizes)).toThrow(
        'split: sizes must be a divisor of 6, or sizes that add up to 6: axis 0 of [6], got',
      );
    },
  );
});
