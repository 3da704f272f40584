// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  broadcastTo,
  expandDims,
  flatten,
  init,
  memory,
  range,
  reshape,
  type Shape,
  squeeze,
  type Tensor,
  tensor,
  zeros,
} from '../index.ts';
import { trackLeaks } from '../testing/leaks.ts';
import { byIndex, elementsOf } from './by-index-testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

test.each<[string, (x: Tensor) => Tensor, Shape, Shape]>([
  ['reshape', (x) => reshape(x, [3, 2]), [2, 3], [3, 2]],
  ['reshape with -1', (x) => reshape(x, [4, -1, 2]), [2, 3, 4], [4, 3, 2]],
  ['reshape to a scalar', (x) => reshape(x, []), [1, 1], []],
  ['reshape of a scalar', (x) => reshape(x, [-1]), [], [1]],
  ['reshape of nothing', (x) => reshape(x, [5, 0]), [0, 3], [5, 0]],
  ['reshape of nothing with -1', (x) => reshape(x, [3, -1]), [0, 3], [3, 0]],
  ['squeeze', (x) => squeeze(x), [1, 2, 1, 3], [2, 3]],
  ['squeeze of one axis', (x) => squeeze(x, -2), [1, 2, 1, 3], [1, 2, 3]],
  ['squeeze of two axes', (x) => squeeze(x, [0, 2]), [1, 2, 1, 3], [2, 3]],
  ['squeeze of none', (x) => squeeze(x, []), [1, 2], [1, 2]],
  ['expandDims', (x) => expandDims(x), [2, 3], [1, 2, 3]],
  ['expandDims at the end', (x) => expandDims(x, -1), [2, 3], [2, 3, 1]],
  ['expandDims inside', (x) => expandDims(x, 1), [2, 3], [2, 1, 3]],
  ['flatten', flatten, [2, 1, 3], [6]],
  ['flatten of a scalar', flatten, [], [1]],
])('%s is a view of the same elements', (_, fn, from, to) => {
  for (const dtype of ['float32', 'int32', 'bool'] as const) {
    const x = tensor(
      Array.from(zeros(from).data(), (__, i) => (i % 3) - 1),
      from,
      dtype,
    );
    const { bytes } = memory();
    const y = fn(x);
    expect(y.shape).toEqual(to);
    expect(y.dtype).toBe(dtype);
    expect(y.data()).toEqual(x.data());
    expect(memory().bytes).toBe(bytes);
    expect(y.id).not.toBe(x.id);
  }
});

describe('errors', () => {
  const x = () => zeros([2, 3]);

  test('reshape says what cannot be', () => {
    expect(() => reshape(x(), [4])).toThrow(
      'reshape: shape must be of 6 elements, as [2,3] has, got [4].',
    );
    expect(() => reshape(x(), [-1, 4])).toThrow(
      'shape must be a divisor of the 6 elements of [2,3] but for -1, got [-1, 4]',
    );
    expect(() => reshape(x(), [-1, -1])).toThrow(
      'free of more than one -1, got [-1, -1]. Write the sizes',
    );
    expect(() => reshape(zeros([0, 3]), [-1, 0])).toThrow(
      'free of -1 beside a size of 0, got [-1, 0]',
    );
    expect(() => reshape(x(), [-1, 0])).toThrow('free of -1 beside a size of 0');
    expect(() => reshape(x(), [1.5, 4])).toThrow('whole numbers');
    expect(() => reshape(x(), [-2, -3])).toThrow('whole numbers');
    const list = [1, 2] as unknown as Tensor;
    expect(() => reshape(list, [2])).toThrow('reshape: x must be a Tensor, got [1, 2]');
  });

  test('squeeze, expandDims and broadcastTo name the axis or shape', () => {
    expect(() => squeeze(x(), 1)).toThrow(
      'squeeze: axis must be of size 1, got "axis 1 of shape [2,3]"',
    );
    expect(() => squeeze(x(), 2)).toThrow(
      'squeeze: axis must be a whole number in [-2, 2), got 2.',
    );
    expect(() => expandDims(x(), 3)).toThrow(
      'expandDims: axis must be a whole number in [-3, 3), got 3.',
    );
    expect(() => broadcastTo(x(), [3, 2])).toThrow(
      'broadcastTo: shape must be one that [2,3] broadcasts to, got [3, 2].',
    );
    expect(() => broadcastTo(x(), [3])).toThrow('broadcastTo: shape');
  });
});

describe('broadcastTo', () => {
  // biome-ignore format: a table
  const shapes: [Shape, Shape][] = [
    [[], []],
    [[], [3]],
    [[], [2, 3]],
    [[3], [2, 3]],
    [[2, 1], [2, 3]],
    [[1, 3], [2, 3]],
    [[1, 1], [2, 3]],
    [[2, 1, 3], [4, 2, 5, 3]],
    [[3, 1, 2, 1], [3, 4, 2, 5]],
    [[1, 2, 1, 2, 1, 2, 1], [2, 2, 2, 2, 2, 2, 2]],
    [[2, 1, 2, 1, 2, 1, 2, 1], [2, 3, 2, 3, 2, 3, 2, 3]],
    [[1], [0]],
    [[0, 1], [0, 3]],
    [[1, 3], [0, 3]],
  ];
  test.each(shapes)('%j to %j repeats axes of size 1', (from, to) => {
    for (const dtype of ['float32', 'int32', 'bool'] as const) {
      const size = zeros(from).size;
      const x = reshape(
        tensor(
          Array.from({ length: size }, (_, i) => i % 5),
          [size],
          dtype,
        ),
        from,
      );
      const y = broadcastTo(x, to);
      const at = elementsOf(x);
      const own = (index: number[]) =>
        index.slice(to.length - from.length).map((i, axis) => (from[axis] === 1 ? 0 : i));
      expect(y.shape).toEqual(to);
      expect([...y.data()]).toEqual(byIndex(to, (index) => at(own(index))));
    }
  });

  test('to its own shape, or with new axes of size 1, is a view', () => {
    const x = reshape(range(0, 6), [2, 3]);
    const { bytes } = memory();
    expect(broadcastTo(x, [2, 3]).data()).toEqual(x.data());
    expect(broadcastTo(x, [1, 2, 3]).data()).toEqual(x.data());
    expect(memory().bytes).toBe(bytes);
  });
});
