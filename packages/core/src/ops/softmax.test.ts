// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  init,
  logSoftmax,
  type SoftmaxOptions,
  softmax,
  type Tensor,
  tensor,
  zeros,
} from '../index.ts';
import { closeTo, sines, trackLeaks } from '../testing/index.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

/** Applies `row` to each line of a [outer, n, inner] tensor in float64. */
function byLines(
  x: Tensor,
  [outer, n, inner]: readonly number[],
  row: (line: number[]) => number[],
) {
  const [from, to] = [x.data(), new Float64Array(x.size)];
  for (let i = 0; i < (outer ?? 0); i++) {
    for (let k = 0; k < (inner ?? 0); k++) {
      const at = (j: number) => (i * (n ?? 0) + j) * (inner ?? 0) + k;
      const line = Array.from({ length: n ?? 0 }, (_, j) => from[at(j)] ?? 0);
      row(line).forEach((value, j) => {
        to[at(j)] = value;
      });
    }
  }
  return to;
}

const logTotal = (line: number[]) => {
  const greatest = Math.max(...line);
  return greatest + Math.log(line.reduce((sum, x) => sum + Math.exp(x - greatest), 0));
};

const cases = [
  { shape: [1], options: {}, lines: [1, 1, 1] },
  { shape: [37], options: {}, lines: [1, 37, 1] },
  { shape: [5, 67], options: {}, lines: [5, 67, 1] },
  { shape: [67, 5], options: { axis: 0 }, lines: [1, 67, 5] },
  { shape: [2, 9, 3], options: { axis: 1 }, lines: [2, 9, 3] },
  { shape: [2, 9, 3], options: { axis: -3 }, lines: [1, 2, 27] },
  { shape: [0, 3], options: {}, lines: [0, 3, 1] },
  { shape: [2, 0], options: {}, lines: [2, 0, 1] },
] satisfies { shape: number[]; options: SoftmaxOptions; lines: number[] }[];

describe.each(cases)('$shape over $options', ({ shape, options, lines }) => {
  const logits = () => sines(shape, { start: 1, scale: 20 });

  test('softmax has relative error below 1e-5', () => {
    const x = logits();
    const expected = byLines(x, lines, (line) =>
      line.map((value) => Math.exp(value - logTotal(line))),
    );
    expect(softmax(x, options).shape).toEqual(shape);
    closeTo(softmax(x, options), expected, { relative: 1e-5, absolute: 0 });
  });

  test('logSoftmax has absolute error below 1e-5 on logits up to 20', () => {
    const x = logits();
    const expected = byLines(x, lines, (line) => line.map((value) => value - logTotal(line)));
    closeTo(logSoftmax(x, options), expected, { relative: 0, absolute: 1e-5 });
  });
});

test('large logits do not overflow', () => {
  closeTo(softmax(tensor([1e4, 1e4, -1e4])), [0.5, 0.5, 0]);
  closeTo(logSoftmax(tensor([1e4, 1e4, -1e4])), [-Math.LN2, -Math.LN2, -2e4 - Math.LN2]);
  closeTo(softmax(tensor([3e38, -3e38])), [1, 0]);
});

test('−Infinity is a logit of probability 0; a row of them, or one with Infinity or NaN, is NaN', () => {
  const x = tensor([
    [0, -inf, 0],
    [-inf, -inf, -inf],
    [0, inf, 0],
    [0, nan, 0],
    [1, 1, 1],
  ]);
  const bad = [nan, nan, nan];
  closeTo(softmax(x), [0.5, 0, 0.5, ...bad, ...bad, ...bad, 1 / 3, 1 / 3, 1 / 3]);
  const third = -Math.log(3);
  closeTo(logSoftmax(x), [-Math.LN2, -inf, -Math.LN2, ...bad, ...bad, ...bad, third, third, third]);
});

test('a scalar and an axis out of range', () => {
  expect(() => softmax(tensor(1))).toThrow('softmax: axis must be absent for a scalar, got -1.');
  expect(() => logSoftmax(zeros([2, 3]), { axis: 2 })).toThrow(
    'logSoftmax: axis must be a whole number in [-2, 2), got 2.',
  );
});
