// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { cumsum, init, tensor, zeros } from '../index.ts';
import { closeTo, sines, trackLeaks } from '../testing/index.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

test.each([
  [{}, [1, 3, 6]],
  [{ exclusive: true }, [0, 1, 3]],
  [{ reverse: true }, [6, 5, 3]],
  [{ exclusive: true, reverse: true }, [5, 3, 0]],
])('%j of 1, 2, 3', (options, expected) => {
  expect(cumsum(tensor([1, 2, 3]), options).toArray()).toEqual(expected);
});

test('every axis of a tensor, within 1e-6 of float64', () => {
  const x = sines([3, 4, 5], { start: 1 });
  const from = x.data();
  for (const [axis, n, inner] of [
    [0, 3, 20],
    [1, 4, 5],
    [-1, 5, 1],
  ] as const) {
    const expected = Array.from(from, (_, i) => {
      const index = Math.floor(i / inner) % n;
      let total = 0;
      for (let j = 0; j <= index; j++) total += from[i - (index - j) * inner] ?? 0;
      return total;
    });
    closeTo(cumsum(x, { axis }), expected, { relative: 0, absolute: 1e-6 });
  }
});

test('100,000 numbers of 0.1 keep float32 precision: sums are carried in float64', () => {
  const x = tensor(new Float32Array(100_000).fill(0.1));
  closeTo(cumsum(x).data().slice(-1), [100_000 * Math.fround(0.1)], {
    relative: 6e-8,
    absolute: 0,
  });
});

test('integers, no elements, and a scalar', () => {
  const y = cumsum(tensor([2_147_483_647, 1, 1], [3], 'int32'));
  expect([y.dtype, ...y.data()]).toEqual(['int32', 2_147_483_647, -2_147_483_648, -2_147_483_647]);
  expect(cumsum(zeros([0, 3])).shape).toEqual([0, 3]);
  expect(cumsum(zeros([2, 0])).shape).toEqual([2, 0]);
  expect(() => cumsum(tensor(1))).toThrow('cumsum: axis must be absent for a scalar');
});
