// SPDX-License-Identifier: Apache-2.0
import { init, Parameter } from '@tapeloop/core';
import { closeTo, cosines, sines, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { NonMonotonicTrigger } from './non-monotonic-trigger.ts';
import { Optimizer } from './optimizer.ts';
import { asgd } from './rules/asgd.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

test('fires when the loss is worse than the best of more than n checks ago, and stays so', () => {
  const trigger = new NonMonotonicTrigger(2);
  // 5.2 is above 5, which is two checks older; 5.9 was compared with 6 only.
  const losses = [6, 5, 5.5, 5.9, 5.2, 1];
  const fired = losses.map((loss) => trigger.observe(loss));
  expect(fired).toEqual([false, false, false, false, true, true]);
});

test('never fires on losses that fall, nor in its first n checks', () => {
  const falling = new NonMonotonicTrigger(3);
  expect([5, 4, 3, 2, 1, 0].map((loss) => falling.observe(loss))).not.toContain(true);
  const early = new NonMonotonicTrigger(3);
  expect([1, 2, 3].map((loss) => early.observe(loss))).not.toContain(true);
});

test('goes on after a restore as if never stopped, through JSON', () => {
  const [first, second] = [new NonMonotonicTrigger(1), new NonMonotonicTrigger(1)];
  for (const loss of [3, 2]) first.observe(loss);
  second.restore(JSON.parse(JSON.stringify(first.state())));
  expect(second.observe(2.5)).toBe(first.observe(2.5));
  expect(second.observe(9)).toBe(true);
});

test('asgd averages from the second step after the trigger fired, as PyTorch; that survives a restore without it', () => {
  const x = new Parameter('x', cosines([3]));
  const trigger = new NonMonotonicTrigger(0);
  const optimizer = new Optimizer([x], asgd({ learningRate: 0.1, start: trigger }));
  const step = (start: number) => {
    optimizer.step(new Map([[x, sines([3], { start })]]));
    return [...x.value.data()];
  };
  const average = () => optimizer.withAverages(() => x.value.data());
  step(0);
  expect(step(1)).toEqual([...average()]);
  for (const loss of [1, 2]) trigger.observe(loss);
  const [, ...since] = [2, 3, 4, 5].map(step);
  const mean = [0, 1, 2].map((i) => since.reduce((sum, values) => sum + (values[i] ?? 0), 0) / 3);
  closeTo(average(), mean, { relative: 1e-6 });
  const second = new Optimizer([x], asgd({ start: new NonMonotonicTrigger() }));
  second.restore(optimizer.state());
  expect(second.state().scalars['asgd/start']).toBe(2);
  second.dispose();
  optimizer.dispose();
  x.dispose();
});
