// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { grad, init, max, min, ShapeError, sum, tensor, vjp, zeros } from '../index.ts';
import { checkGrads, closeTo, trackLeaks } from '../testing/index.ts';
import { expectReduction } from './reduction-testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const exact = { relative: 0, absolute: 0 };

describe.each([
  ['max', max, Math.max, 1],
  ['min', min, Math.min, -1],
] as const)('%s', (name, fn, reference, way) => {
  test('is exact over any axes', () => {
    expectReduction(fn, (values) => reference(...values), exact);
  });

  test('NaN wins, infinities count', () => {
    const x = tensor([
      [1, nan, 3],
      [-inf, -inf, -inf],
      [1, inf, -inf],
    ]);
    closeTo(fn(x, { axis: 1 }), [nan, -inf, way * inf]);
  });

  test('integers', () => {
    const x = tensor(
      [
        [1, 16_777_217],
        [16_777_216, -5],
      ],
      [2, 2],
      'int32',
    );
    expect(fn(x, { axis: 0 }).dtype).toBe('int32');
    expect(fn(x, { axis: 0 }).toArray()).toEqual([
      reference(1, 16_777_216),
      reference(16_777_217, -5),
    ]);
    expect(fn(x).item()).toBe(reference(16_777_217, -5));
  });

  test('elements that tie share the gradient equally', () => {
    const x = tensor([
      [2, 2, 2, 1],
      [1, 3, 2, 2],
    ])
      .data()
      .map((value) => way * value);
    const dx = grad((y) => sum(fn(y, { axis: 1 })))(tensor(x, [2, 4]));
    closeTo(dx, [1 / 3, 1 / 3, 1 / 3, 0, 0, 1, 0, 0]);
    // A central difference sees half of the way when two tie.
    checkGrads((y) => fn(y), [tensor([way, 0, way])]);
  });

  test('the gradient over two axes goes to where the extremum is', () => {
    const x = tensor([
      [
        [1, -2],
        [3, 4],
      ],
      [
        [9, 8],
        [-7, 6],
      ],
    ]);
    const { pullback, value, dispose } = vjp((y) => fn(y, { axis: [0, 2] }), [x]);
    const [dx] = pullback(tensor([10, 20]));
    dispose();
    const expected = value
      .data()
      .map((extremum, i) => x.data().findIndex((v, at) => v === extremum && (at >> 1) % 2 === i));
    const gradient = new Float32Array(8);
    expected.forEach((at, i) => {
      gradient[at] = 10 * (i + 1);
    });
    closeTo(dx ?? [], gradient);
  });

  test('of no elements it is an error, unless there is nothing to give', () => {
    expect(() => fn(zeros([2, 0]), { axis: 1 })).toThrow(ShapeError);
    expect(() => fn(zeros([0]))).toThrow(
      `${name}: x must have elements along the reduced axes [0], got shape [0]. There is no ${name} of no elements.`,
    );
    expect(fn(zeros([0, 0]), { axis: 1 }).shape).toEqual([0]);
  });
});
