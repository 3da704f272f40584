// SPDX-License-Identifier: Apache-2.0
import { init, Parameter, square, sub, sum, tensor } from '@tapeloop/core';
import { cosines, sines, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { findLearningRate } from './learning-rate-finder.ts';
import { sgd } from './rules/sgd.ts';
import type { Schedule } from './schedules/schedule.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

function sweep(options: { readonly from?: number; readonly to?: number; readonly steps?: number }) {
  const x = new Parameter('x', cosines([4]));
  const before = x.value.data();
  const target = sines([4], { scale: 3 });
  const result = findLearningRate({
    parameters: [x],
    transform: (learningRate) => sgd({ learningRate }),
    loss: () => sum(square(sub(x.value, target))),
    smoothing: 0.5,
    ...options,
  });
  expect(x.value.data()).toEqual(before);
  x.dispose();
  return result;
}

test('stops soon after the rate is too large, suggests one that is not, and restores the weights', () => {
  // Gradient descent on Σ (x − b)² diverges above a rate of 1 and gains most at 0.5.
  const { rates, losses, smoothed, suggestion } = sweep({ from: 1e-4, to: 100, steps: 60 });
  expect(losses.length).toBeLessThan(60);
  expect(rates.length).toBe(losses.length);
  expect(smoothed[0]).toBe(losses[0]);
  expect(rates.at(-1)).toBeGreaterThan(1);
  expect(suggestion).toBeGreaterThan(0.005);
  expect(suggestion).toBeLessThan(1);
});

test('goes through the whole range when nothing diverges, in equal factors', () => {
  const { rates } = sweep({ from: 1e-5, to: 1e-2, steps: 4 });
  rates.forEach((rate, i) => {
    expect(rate).toBeCloseTo(1e-5 * 10 ** i, 12);
  });
  expect(rates).toHaveLength(4);
});

test('a loss that is never finite is an error, and the weights are as before', () => {
  const x = new Parameter('x', cosines([1]));
  const before = x.value.data();
  const run = () =>
    findLearningRate({
      parameters: [x],
      transform: (learningRate) => sgd({ learningRate }),
      loss: () => sum(sub(square(x.value), tensor(Number.NaN))),
    });
  expect(run).toThrow('findLearningRate: loss must be finite for at least two steps, got 0.');
  expect(x.value.data()).toEqual(before);
  x.dispose();
});

test('refuses a range that does not rise', () => {
  const options = {
    parameters: [],
    transform: (learningRate: Schedule) => sgd({ learningRate }),
    loss: () => tensor(1),
  };
  expect(() => findLearningRate({ ...options, from: 1, to: 1 })).toThrow(
    'findLearningRate: to must be above from, 1, got 1.',
  );
});
