// SPDX-License-Identifier: Apache-2.0
import { closeTo } from '@tapeloop/core/testing';
import { describe, expect, test } from 'vitest';
import { constant } from './schedule.ts';
import { warmupCosine } from './warmup-cosine.ts';

describe('constant', () => {
  test('is the same at every step', () => {
    expect([0, 1, 1e9].map(constant(0.3))).toEqual([0.3, 0.3, 0.3]);
  });

  test('refuses a negative or infinite value', () => {
    expect(() => constant(-1)).toThrow(
      'constant: value must be a finite number of at least 0, got -1.',
    );
    expect(() => constant(Number.POSITIVE_INFINITY)).toThrow('got Infinity');
  });
});

describe('warmupCosine', () => {
  test('rises in equal parts from start to peak', () => {
    const schedule = warmupCosine({ peak: 1, warmupSteps: 4, totalSteps: 12, start: 0.2 });
    closeTo([0, 1, 2, 3, 4].map(schedule), [0.2, 0.4, 0.6, 0.8, 1], { relative: 1e-15 });
  });

  test('falls as cos² of the half angle, and stays at the end', () => {
    const schedule = warmupCosine({ peak: 3, warmupSteps: 2, totalSteps: 8, end: 1 });
    const steps = [2, 3, 4, 5, 6, 7, 8, 9, 1000];
    const expected = [0, 1, 2, 3, 4, 5, 6, 6, 6].map(
      (k) => 1 + 2 * Math.cos((Math.PI * k) / 12) ** 2,
    );
    closeTo(steps.map(schedule), expected, { relative: 1e-14, absolute: 0 });
  });

  test('without warm-up starts at the peak', () => {
    expect(warmupCosine({ peak: 0.1, warmupSteps: 0, totalSteps: 10 })(0)).toBe(0.1);
  });

  test.each([
    [
      { peak: -1, warmupSteps: 1, totalSteps: 2 },
      'warmupCosine: peak must be a finite number of at least 0, got -1.',
    ],
    [
      { peak: 1, warmupSteps: 1.5, totalSteps: 2 },
      'warmupCosine: warmupSteps must be a whole number of at least 0, got 1.5.',
    ],
    [
      { peak: 1, warmupSteps: 5, totalSteps: 5 },
      'warmupCosine: totalSteps must be a whole number of at least 6, got 5.',
    ],
    [
      { peak: 1, warmupSteps: 0, totalSteps: 2, end: Number.NaN },
      'warmupCosine: end must be a finite number of at least 0, got NaN.',
    ],
  ])('refuses %o', (options, message) => {
    expect(() => warmupCosine(options)).toThrow(message);
  });
});
