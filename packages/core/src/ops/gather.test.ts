// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  DTypeError,
  gather,
  init,
  memory,
  oneHot,
  type Shape,
  ShapeError,
  scatterAdd,
  sizeOf,
  type Tensor,
  tensor,
  ValueError,
  zeros,
} from '../index.ts';
import { checkGrads } from '../testing/check-grads.ts';
import { closeTo } from '../testing/close-to.ts';
import { cosines, sines } from '../testing/fixtures.ts';
import { trackLeaks } from '../testing/leaks.ts';
import { byIndex, elementsOf } from './by-index-testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

/** Indices in [0, size) with repeats and gaps. */
function indicesOf(shape: Shape, size: number): Tensor {
  const values = Array.from({ length: sizeOf(shape) }, (_, i) => (i * i + 2 * i + 1) % size);
  return tensor(values, shape, 'int32');
}

// biome-ignore format: a table
const cases: [Shape, Shape, number][] = [
  [[5], [], 0],
  [[5], [7], 0],
  [[5, 3], [7], 0],
  [[5, 3], [2, 4], 0],
  [[5, 17], [], 0],
  [[5, 2, 3], [6], 1],
  [[5, 2, 3], [2, 2, 2], -1],
  [[2, 3, 4, 5], [3, 2], 2],
  [[5, 3], [0], 0],
  [[5, 0], [2], 0],
  [[0, 3], [0, 2], 0],
];

describe('gather', () => {
  test.each(cases)('from %j with indices of shape %j along %i', (shape, indexShape, axis) => {
    const along = axis < 0 ? axis + shape.length : axis;
    for (const dtype of ['float32', 'int32', 'bool'] as const) {
      const values = Array.from({ length: sizeOf(shape) }, (_, i) =>
        dtype === 'bool' ? (i * i) % 3 : i + 1,
      );
      const table = tensor(values, shape, dtype);
      const indices = indicesOf(indexShape, shape[along] ?? 0);
      const picked = gather(table, indices, axis);
      const [at, indexAt] = [elementsOf(table), elementsOf(indices)];
      expect(picked.shape).toEqual(shape.toSpliced(along, 1, ...indexShape));
      expect(picked.dtype).toBe(dtype);
      const expected = byIndex(picked.shape, (index) => {
        const entry = indexAt(index.slice(along, along + indexShape.length));
        return at(index.toSpliced(along, indexShape.length, entry));
      });
      expect([...picked.data()]).toEqual(expected);
    }
  });

  test.each(cases)(
    'gradients of %j, indices %j, axis %i: repeated entries add up',
    (shape, indexShape, axis) => {
      const indices = indicesOf(indexShape, shape.at(axis) ?? 0);
      checkGrads((table) => gather(table, indices, axis), [cosines(shape)], { order: 2 });
    },
  );
});

describe('scatterAdd', () => {
  test.each(cases)(
    'into %j with indices of shape %j along %i: within 1e-6 of float64',
    (shape, indexShape, axis) => {
      const along = axis < 0 ? axis + shape.length : axis;
      const size = shape[along] ?? 0;
      const indices = indicesOf(indexShape, size);
      const updates = sines(shape.toSpliced(along, 1, ...indexShape));
      const total = scatterAdd(updates, indices, size, axis);
      const expected = new Float64Array(sizeOf(shape));
      const [at, indexAt] = [elementsOf(updates), elementsOf(indices)];
      const position = elementsOf(
        tensor(
          Array.from(expected, (_, i) => i),
          shape,
        ),
      );
      byIndex(updates.shape, (index) => {
        const entry = indexAt(index.slice(along, along + indexShape.length));
        const element = position(index.toSpliced(along, indexShape.length, entry));
        expected[element] = (expected[element] ?? 0) + at(index);
        return 0;
      });
      expect(total.shape).toEqual(shape);
      closeTo(total, expected, { relative: 1e-6, absolute: 1e-6 });
    },
  );

  test.each(cases)('gradients of %j, indices %j, axis %i', (shape, indexShape, axis) => {
    const along = axis < 0 ? axis + shape.length : axis;
    const size = shape[along] ?? 0;
    const indices = indicesOf(indexShape, size);
    const updates = sines(shape.toSpliced(along, 1, ...indexShape));
    checkGrads((x) => scatterAdd(x, indices, size, axis), [updates], { order: 2 });
  });

  test('leaves rows that no index names at zero', () => {
    const total = scatterAdd(
      tensor([
        [1, 2],
        [3, 4],
      ]),
      tensor([3, 3], [2], 'int32'),
      5,
    );
    expect(total.toArray()).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
      [4, 6],
      [0, 0],
    ]);
  });
});

describe('oneHot', () => {
  test('has one value at each index and another elsewhere', () => {
    const indices = tensor([2, 0, 1, 2], [2, 2], 'int32');
    expect(oneHot(indices, 3).toArray()).toEqual([
      [
        [0, 0, 1],
        [1, 0, 0],
      ],
      [
        [0, 1, 0],
        [0, 0, 1],
      ],
    ]);
    expect(oneHot(tensor([1], [1], 'int32'), 2, { on: 0.9, off: -1 }).data()).toEqual(
      Float32Array.of(-1, 0.9),
    );
    expect(oneHot(tensor(1, [], 'int32'), 3).toArray()).toEqual([0, 1, 0]);
  });

  test('gives rows of off for indices out of range, and nothing for nothing', () => {
    expect(oneHot(tensor([-1, 3, 1], [3], 'int32'), 3).toArray()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [0, 1, 0],
    ]);
    expect(oneHot(zeros([0], 'int32'), 3).shape).toEqual([0, 3]);
    expect(oneHot(zeros([2], 'int32'), 0).shape).toEqual([2, 0]);
  });

  test('refuses other dtypes and depths', () => {
    expect(() => oneHot(zeros([2]), 3)).toThrow(
      'oneHot: indices must be of dtype int32, got "float32".',
    );
    expect(() => oneHot(zeros([2], 'int32'), -1)).toThrow(
      'oneHot: depth must be a whole number of at least 0, got -1.',
    );
  });
});

describe('errors', () => {
  test.each([3, -1, 2 ** 31 - 1, -(2 ** 31)])(
    'an index of %i in 3 rows is named with its place',
    (bad) => {
      const { tensors, bytes } = memory();
      const indices = tensor([0, 1, 2, 1, bad, 0], [2, 3], 'int32');
      const table = zeros([3, 2]);
      const message = `indices must be in [0, 3), got "${bad} at element 4 of shape [2,3]".`;
      expect(() => gather(table, indices)).toThrow(`gather: ${message}`);
      expect(() => scatterAdd(zeros([2, 3]), indices, 3)).toThrow(`scatterAdd: ${message}`);
      expect(memory().tensors - tensors).toBe(3);
      expect(memory().bytes - bytes).toBe(24 + 24 + 24);
    },
  );

  test('an empty table, other dtypes, axes, sizes and shapes are refused', () => {
    expect(() => gather(zeros([0, 2]), zeros([1], 'int32'))).toThrow('indices must be empty');
    expect(() => gather(zeros([3]), zeros([1]))).toThrow(DTypeError);
    expect(() => gather(zeros([3]), zeros([1], 'int32'), 1)).toThrow(
      'gather: axis must be a whole number in [-1, 1)',
    );
    expect(() => scatterAdd(zeros([1]), zeros([1], 'int32'), 1.5)).toThrow(ValueError);
    expect(() => scatterAdd(zeros([1], 'int32'), zeros([1], 'int32'), 2)).toThrow(DTypeError);
    expect(() => scatterAdd(zeros([3, 2]), zeros([2], 'int32'), 4)).toThrow(ShapeError);
    expect(() => scatterAdd(zeros([3, 2]), zeros([2], 'int32'), 4)).toThrow(
      'scatterAdd: updates must be of a shape with that of the indices, [2], at axis 0, got "[3,2]".',
    );
    expect(() => scatterAdd(zeros([]), zeros([2], 'int32'), 4)).toThrow(ShapeError);
  });
});
