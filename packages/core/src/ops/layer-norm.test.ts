// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  init,
  layerNorm,
  ones,
  type Shape,
  ShapeError,
  tensor,
  ValueError,
  zeros,
} from '../index.ts';
import { checkGrads } from '../testing/check-grads.ts';
import { closeTo } from '../testing/close-to.ts';
import { cosines, sines } from '../testing/fixtures.ts';
import { trackLeaks } from '../testing/leaks.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

/** The equation, in float64. */
function reference(
  x: ArrayLike<number>,
  gamma: ArrayLike<number>,
  beta: ArrayLike<number>,
  epsilon: number,
) {
  const n = gamma.length;
  return Array.from(x, (value, i) => {
    const row = Array.from(x).slice(i - (i % n), i - (i % n) + n);
    const mean = row.reduce((sum, each) => sum + each, 0) / n;
    const variance = row.reduce((sum, each) => sum + (each - mean) ** 2, 0) / n;
    const [scale = 0, shift = 0] = [gamma[i % n], beta[i % n]];
    return ((value - mean) / Math.sqrt(variance + epsilon)) * scale + shift;
  });
}

const shapes: Shape[] = [[1], [5], [3, 4], [2, 3, 7], [2, 2, 2, 17], [0, 3], [2, 0]];

test.each(shapes.map((shape) => [shape]))('%j: within 1e-6 of float64', (shape) => {
  const x = cosines(shape, { offset: 3, scale: 2 });
  const n = shape.at(-1) ?? 1;
  const [gamma, beta] = [sines([n], { offset: 1.5 }), cosines([n], { start: 5 })];
  for (const epsilon of [1e-3, 1e-5, 0.5]) {
    const y = layerNorm(x, gamma, beta, { epsilon });
    expect(y.shape).toEqual(shape);
    const expected = reference(x.data(), gamma.data(), beta.data(), epsilon);
    closeTo(y, expected, { relative: 1e-6, absolute: 1e-6 });
  }
});

test('epsilon is 1e-3 by default, and a constant row gives beta', () => {
  const x = tensor([
    [1, 2, 3],
    [4, 4, 4],
  ]);
  const [gamma, beta] = [ones([3]), tensor([0.1, 0.2, 0.3])];
  closeTo(layerNorm(x, gamma, beta), layerNorm(x, gamma, beta, { epsilon: 1e-3 }));
  closeTo(layerNorm(x, gamma, beta).data().slice(3), [0.1, 0.2, 0.3], {
    relative: 0,
    absolute: 0.00000002,
  });
});

test('a large mean costs no more than its own rounding: one ulp of 10,000, over σ', () => {
  const x = cosines([2, 9], { offset: 10_000 });
  const [gamma, beta] = [ones([9]), zeros([9])];
  const expected = reference(x.data(), gamma.data(), beta.data(), 1e-3);
  closeTo(layerNorm(x, gamma, beta), expected, { relative: 0, absolute: 2 ** -10 / Math.SQRT1_2 });
});

test.each([[[1]], [[5]], [[3, 4]], [[2, 2, 3]], [[0, 3]], [[2, 0]]])(
  'gradients of %j, first and second',
  (shape) => {
    const n = shape.at(-1) ?? 1;
    const inputs = [
      sines(shape, { scale: 2 }),
      sines([n], { offset: 1.5 }),
      cosines([n], { start: 5 }),
    ];
    checkGrads((x, gamma, beta) => layerNorm(x, gamma, beta, { epsilon: 0.1 }), inputs, {
      order: 2,
    });
  },
);

test('gradients add up when one tensor is all inputs', () => {
  checkGrads((x) => layerNorm(x, x, x, { epsilon: 0.1 }), [sines([4], { scale: 2 })], { order: 2 });
});

describe('errors', () => {
  test('name the argument', () => {
    const x = zeros([2, 3]);
    expect(() => layerNorm(x, ones([2]), zeros([3]))).toThrow(
      'layerNorm: gamma must be of shape [3], the last size of x [2,3], got "[2]".',
    );
    expect(() => layerNorm(x, ones([3]), zeros([1, 3]))).toThrow(
      'layerNorm: beta must be of shape [3]',
    );
    expect(() => layerNorm(zeros([]), ones([1]), zeros([1]))).toThrow(ShapeError);
    expect(() => layerNorm(x, ones([3]), zeros([3]), { epsilon: -1 })).toThrow(ValueError);
    expect(() => layerNorm(x, ones([3], 'int32'), zeros([3]))).toThrow(
      'layerNorm: gamma must be of dtype float32',
    );
  });
});
