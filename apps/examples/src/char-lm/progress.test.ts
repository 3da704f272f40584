// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { Progress } from './progress.ts';

const report = (step: number) => ({
  step,
  loss: Math.LN2 * 2,
  gradientNorm: 0.25,
  characters: 100,
});

it('tells losses in nats and bits, the speed, and the time that is left', () => {
  let now = 0;
  const progress = new Progress(0, 200, () => now);
  now += 500;
  expect(progress.describe(report(1))).toBe(
    'step   1/200  loss 1.3863 nats, 2.0000 bits  norm 0.2500  200 chars/s  1:40 left',
  );
});

it('leaves pauses out of the speed', () => {
  let now = 0;
  const progress = new Progress(150, 200, () => now);
  progress.pause(() => {
    now += 60_000;
  });
  now += 1000;
  expect(progress.describe(report(151))).toMatch(/ 100 chars\/s {2}0:49 left$/);
});
