// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  add,
  GradientTape,
  init,
  memory,
  mul,
  type Shape,
  stack,
  type Tensor,
  unstack,
  zeros,
} from '../index.ts';
import { sines } from '../testing/fixtures.ts';
import { trackLeaks } from '../testing/leaks.ts';
import { byIndex, elementsOf } from './by-index-testing.ts';
import { counting } from './movement-testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

describe('stack', () => {
  // biome-ignore format: a table
  const cases: [Shape, number, number][] = [
    [[], 3, 0],
    [[4], 3, 0],
    [[4], 3, 1],
    [[2, 3], 2, -1],
    [[2, 3], 4, 1],
    [[2, 3, 4], 3, 2],
    [[2, 3, 4], 1, 3],
    [[0, 3], 2, 1],
  ];
  test.each(cases)('%j times %i along %i', (shape, count, axis) => {
    const along = axis < 0 ? axis + shape.length + 1 : axis;
    for (const dtype of ['float32', 'int32', 'bool'] as const) {
      const parts = Array.from({ length: count }, (_, part) => counting(shape, dtype, 100 * part));
      const result = stack(parts, axis);
      expect(result.shape).toEqual(shape.toSpliced(along, 0, count));
      const readers = parts.map(elementsOf);
      const expected = byIndex(result.shape, (index) => {
        return readers[index[along] ?? 0]?.(index.toSpliced(along, 1)) ?? Number.NaN;
      });
      expect([...result.data()]).toEqual(expected);
    }
  });

  test('refuses nothing, other shapes and axes', () => {
    expect(() => stack([])).toThrow(
      'stack: tensors must be a list of at least one tensor, got [].',
    );
    expect(() => stack([zeros([2]), zeros([3])])).toThrow(
      'stack: tensors[1] must be of shape [2], as the first, got "[3]".',
    );
    expect(() => stack([zeros([2])], 2)).toThrow('stack: axis must be a whole number in [-2, 2)');
  });
});

describe('unstack', () => {
  // biome-ignore format: a table
  const cases: [Shape, number][] = [
    [[3], 0],
    [[3, 4], 0],
    [[3, 4], 1],
    [[2, 3, 4], 1],
    [[2, 3, 4], -1],
    [[2, 3, 2, 3], 2],
    [[0, 3], 0],
    [[2, 0], 0],
  ];
  test.each(cases)('%j along %i', (shape, axis) => {
    const along = axis < 0 ? axis + shape.length : axis;
    for (const dtype of ['float32', 'int32', 'bool'] as const) {
      const x = counting(shape, dtype);
      const parts = unstack(x, axis);
      const at = elementsOf(x);
      expect(parts).toHaveLength(shape[along] ?? 0);
      parts.forEach((part, i) => {
        expect(part.shape).toEqual(shape.toSpliced(along, 1));
        expect([...part.data()]).toEqual(
          byIndex(part.shape, (index) => at(index.toSpliced(along, 0, i))),
        );
      });
    }
  });

  test('along axis 0 makes views: bytes do not grow', () => {
    const x = counting([50, 4]);
    const { bytes } = memory();
    unstack(x);
    expect(memory().bytes).toBe(bytes);
  });

  test('along another axis holds one copy, which goes with the last entry', () => {
    const x = counting([4, 50]);
    const { bytes } = memory();
    const parts = unstack(x, 1);
    expect(memory().bytes - bytes).toBe(4 * x.size);
    for (const part of parts) part.dispose();
    expect(memory().bytes).toBe(bytes);
  });

  test('of 3000 steps differentiates in one gradient of the size of x', () => {
    const x = sines([3000, 2]);
    const tape = new GradientTape();
    tape.watch(x);
    const total = tape.record(() => {
      const steps = unstack(x);
      // Step 1 is used twice, the last one not at all.
      let state = mul(steps[1] as Tensor, 2);
      for (const step of steps.slice(0, -1)) state = add(state, step);
      return state;
    });
    expect(tape.length).toBe(3001);
    const [dx] = tape.gradient(total, [x]);
    const expected = new Float32Array(6000).fill(1, 0, 5998);
    expected.fill(3, 2, 4);
    expect(dx?.data()).toEqual(expected);
  });

  test('refuses scalars and axes out of range', () => {
    expect(() => unstack(zeros([]))).toThrow('unstack: axis must be absent for a scalar');
    expect(() => unstack(zeros([2]), 1)).toThrow('unstack: axis must be a whole number in [-1, 1)');
  });
});
