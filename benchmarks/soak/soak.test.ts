// SPDX-License-Identifier: Apache-2.0
import { init, memory, ones } from '@tapeloop/core';
import { beforeAll, expect, it } from 'vitest';
import { soak } from './soak.ts';

beforeAll(async () => {
  await init();
});

it('500 steps with changing lengths and batch sizes hold no more than the fifth, and learn', () => {
  soak({ steps: 1 });
  const { tensors, bytes } = memory();
  const { loss } = soak({ steps: 500 });
  expect(loss.last).toBeLessThan(loss.first - 0.3);
  expect(memory()).toMatchObject({ tensors, bytes });
}, 60_000);

it('fails at the step after which a tensor is left behind', () => {
  const steps = 1000;
  const leak = () => soak({ steps: steps + 1, onProgress: () => ones([3]) });
  expect(leak).toThrow(`tensors must not grow after step 5, got`);
}, 60_000);
