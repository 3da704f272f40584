// SPDX-License-Identifier: Apache-2.0
import { closeTo } from '@tapeloop/core/testing';
import { describe, expect, test } from 'vitest';
import { cosineDecay, cosineRestarts } from './cosine.ts';
import { cyclic } from './cyclic.ts';
import { exponentialDecay } from './exponential-decay.ts';
import { inverseSquareRoot } from './inverse-square-root.ts';
import { joinSchedules } from './join.ts';
import { oneCycle } from './one-cycle.ts';
import { polynomialDecay } from './polynomial-decay.ts';
import { ReduceOnPlateau } from './reduce-on-plateau.ts';
import { constant } from './schedule.ts';
import { multiStepDecay, stepDecay } from './step-decay.ts';
import { warmup } from './warmup.ts';

test.each([
  ['cosineDecay', cosineDecay({ initial: 1, steps: 10, end: 0.1 }), 0.1],
  ['polynomialDecay', polynomialDecay({ initial: 1, steps: 10, end: 0.1, power: 2 }), 0.1],
  ['oneCycle', oneCycle({ peak: 1, totalSteps: 20, endDivisor: 10 }), 0.004],
])('%s stays at its end, a million steps on', (_, schedule, end) => {
  closeTo([20, 21, 1e6].map(schedule), [end, end, end], { relative: 1e-12, absolute: 0 });
});

test('warmup and joinSchedules start each schedule at its own step 0', () => {
  const own = (step: number) => 100 + step;
  expect([0, 5, 9, 10, 11].map(warmup(own, { steps: 10 }))).toEqual([0, 50, 90, 100, 101]);
  const joined = joinSchedules([constant(1), own, (step) => 200 + step], [3, 5]);
  expect([0, 2, 3, 4, 5, 6].map(joined)).toEqual([1, 1, 100, 101, 200, 201]);
});

test('cosineRestarts lowers each peak by peakFactor', () => {
  const schedule = cosineRestarts({ initial: 1, period: 2, periodFactor: 2, peakFactor: 0.5 });
  closeTo([0, 1, 2, 4, 6].map(schedule), [1, 0.5, 0.5, 0.25, 0.25], { relative: 1e-12 });
});

describe('ReduceOnPlateau', () => {
  test('goes on after a restore as if never stopped, through JSON', () => {
    const losses = Array.from({ length: 40 }, (_, i) => Math.max(3, 10 - i) + 0.1 * Math.cos(i));
    const make = () => new ReduceOnPlateau({ patience: 2, cooldown: 1, factor: 0.5 });
    const [whole, first, second] = [make(), make(), make()];
    const expected = losses.map((loss) => whole.observe(loss));
    for (const loss of losses.slice(0, 17)) first.observe(loss);
    second.restore(JSON.parse(JSON.stringify(first.state())));
    expect(losses.slice(17).map((loss) => second.observe(loss))).toEqual(expected.slice(17));
    expect(whole.scale).toBeLessThan(0.1);
  });

  test('NaN counts as no better, first and later', () => {
    const plateau = new ReduceOnPlateau({ patience: 1, factor: 0.5 });
    expect([Number.NaN, Number.NaN].map((loss) => plateau.observe(loss))).toEqual([1, 0.5]);
  });
});

test.each([
  [
    () => stepDecay({ initial: 1, every: 0 }),
    'stepDecay: every must be a whole number of at least 1, got 0.',
  ],
  [
    () => multiStepDecay({ initial: 1, boundaries: [5, 5] }),
    'multiStepDecay: boundaries must be whole numbers of at least 1 that rise',
  ],
  [
    () => exponentialDecay({ initial: 1, rate: 0 }),
    'exponentialDecay: rate must be a finite number above 0, got 0.',
  ],
  [
    () => polynomialDecay({ initial: -1, steps: 5 }),
    'polynomialDecay: initial must be a finite number of at least 0, got -1.',
  ],
  [
    () => cosineDecay({ initial: 1, steps: 1.5 }),
    'cosineDecay: steps must be a whole number of at least 1, got 1.5.',
  ],
  [
    () => cosineRestarts({ initial: 1, period: 5, peakFactor: 2 }),
    'cosineRestarts: peakFactor must be a number above 0 and at most 1, got 2.',
  ],
  [
    () => warmup(constant(1), { steps: -1 }),
    'warmup: steps must be a whole number of at least 0, got -1.',
  ],
  [
    () => oneCycle({ peak: 1, totalSteps: 3 }),
    'oneCycle: warmupFraction must be more than one step of 3, and at most 1, got 0.3.',
  ],
  [
    () => inverseSquareRoot({ peak: 1, warmupSteps: 0 }),
    'inverseSquareRoot: warmupSteps must be a whole number of at least 1, got 0.',
  ],
  [
    () => cyclic({ low: 0, high: 1, stepsUp: 0 }),
    'cyclic: stepsUp must be a whole number of at least 1, got 0.',
  ],
  [
    () => joinSchedules([constant(1)], [3]),
    'joinSchedules: schedules must be one more than boundaries, got 1.',
  ],
  [() => new ReduceOnPlateau({ factor: 0 }), 'ReduceOnPlateau: factor must be above 0, got 0.'],
])('refuses what is out of range: %s', (make, message) => {
  expect(make).toThrow(message);
});
