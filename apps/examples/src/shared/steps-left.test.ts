// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { StepsLeft } from './steps-left.ts';

it('tells the step, what it gave, and the time that is left', () => {
  let now = 0;
  const progress = new StepsLeft(200, () => now);
  now += 500;
  expect(progress.describe(1, () => 'loss 2')).toBe('step   1/200  loss 2  1:40 left');
  // A running mean: a step of 1.5 s moves 0.5 s to 0.55 s.
  now += 1500;
  expect(progress.describe(2, () => 'loss 1')).toBe('step   2/200  loss 1  1:49 left');
});

it('leaves pauses out', () => {
  let now = 0;
  const progress = new StepsLeft(50, () => now);
  progress.pause(() => {
    now += 60_000;
  });
  now += 1000;
  expect(progress.describe(1, (seconds) => `${seconds} s`)).toMatch(/ 1 s {2}0:49 left$/);
});
