// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { equal, greater, greaterEqual, init, less, lessEqual, notEqual, tensor } from '../index.ts';
import { trackLeaks } from '../testing/index.ts';
import { expectBinary } from './elementwise-testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const comparisons = [
  ['equal', equal, (a: number, b: number) => a === b],
  ['notEqual', notEqual, (a: number, b: number) => a !== b],
  ['greater', greater, (a: number, b: number) => a > b],
  ['greaterEqual', greaterEqual, (a: number, b: number) => a >= b],
  ['less', less, (a: number, b: number) => a < b],
  ['lessEqual', lessEqual, (a: number, b: number) => a <= b],
] as const;

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

describe.each(comparisons)('%s', (_, fn, holds) => {
  const reference = (a: number, b: number) => Number(holds(a, b));

  test('is exact in every broadcast', () => {
    const tolerance = { relative: 0, absolute: 0 };
    expectBinary(fn, reference, { tolerance });
    // From the same start, many pairs of elements are equal.
    expectBinary(fn, reference, { a: { start: 1 }, b: { start: 1 }, tolerance });
  });

  test('is a bool, also for NaN, infinities and signed zeros', () => {
    const [a, b] = [
      [nan, 1, inf, inf, 0, -inf],
      [nan, nan, inf, 1, -0, inf],
    ];
    const y = fn(tensor(a), tensor(b));
    expect(y.dtype).toBe('bool');
    expect([...y.data()]).toEqual(a.map((value, i) => reference(value, b[i] ?? 0)));
  });

  test('takes integers and numbers', () => {
    const x = tensor(
      [
        [1, 2],
        [16_777_217, -2],
      ],
      [2, 2],
      'int32',
    );
    const expected = [1, 2, 16_777_217, -2].map((value) => reference(value, 16_777_216));
    expect([...fn(x, 16_777_216).data()]).toEqual(expected);
    expect([...fn(2, x).data()]).toEqual(
      [1, 2, 16_777_217, -2].map((value) => reference(2, value)),
    );
  });
});

test('equal and notEqual take booleans', () => {
  const [a, b] = [tensor([true, false, true]), tensor([true, true, false])];
  expect(equal(a, b).toArray()).toEqual([true, false, false]);
  expect(notEqual(a, b).toArray()).toEqual([false, true, true]);
});
