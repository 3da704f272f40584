// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { grad, init, meanSquaredError, ShapeError, tensor, zeros } from '../index.ts';
import { checkGrads, closeTo, cosines, sines, trackLeaks } from '../testing/index.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

test('the mean, the sum and each of the squared distances', () => {
  const [predictions, targets] = [sines([3, 4], { start: 1 }), cosines([3, 4])];
  const [p, t] = [predictions.data(), targets.data()];
  const squares = Array.from(p, (value, i) => (value - (t[i] ?? 0)) ** 2);
  const total = squares.reduce((a, b) => a + b, 0);
  closeTo(meanSquaredError(predictions, targets), [total / 12]);
  closeTo(meanSquaredError(predictions, targets, { reduction: 'sum' }), [total]);
  const each = meanSquaredError(predictions, targets, { reduction: 'none' });
  expect(each.shape).toEqual([3, 4]);
  closeTo(each, squares);
});

test('of no elements it is 0', () => {
  expect(meanSquaredError(zeros([0, 3]), zeros([0, 3])).item()).toBe(0);
});

test('the gradient of the mean is 2 (prediction − target) / n', () => {
  const targets = tensor([1, 2, 5, 5]);
  const dx = grad((x) => meanSquaredError(x, targets))(tensor([1, 3, 3, 5]));
  closeTo(dx, [0, 0.5, -1, 0]);
  checkGrads((a, b) => meanSquaredError(a, b), [sines([2, 3]), cosines([2, 3])], { order: 2 });
});

test('shapes that differ are an error, also where they would broadcast', () => {
  expect(() => meanSquaredError(zeros([4, 1]), zeros([4]))).toThrow(ShapeError);
  expect(() => meanSquaredError(zeros([4, 1]), zeros([4]))).toThrow(
    "meanSquaredError: targets must be of the predictions' shape [4,1], got [4].",
  );
});

test('a reduction that does not exist', () => {
  const x = zeros([1]);
  // @ts-expect-error no such reduction
  expect(() => meanSquaredError(x, x, { reduction: 'average' })).toThrow(
    `meanSquaredError: reduction must be 'mean', 'sum' or 'none', got "average".`,
  );
});
