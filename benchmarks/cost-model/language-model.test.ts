// SPDX-License-Identifier: Apache-2.0
import { init } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { ContiguousBatches, startLanguageModel } from '@tapeloop/train';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { architecture } from '../data-parallel/workload.ts';
import { gradientPortions, modelBytes } from './language-model.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

test.each([4, 10])('modelBytes(%i) is 4 for each element of the model', (hidden) => {
  const { vocabularySize, ...sizes } = architecture;
  const ids = Int32Array.from({ length: 100 }, (_, i) => i % vocabularySize);
  const { run } = startLanguageModel(
    { ...sizes, hidden, steps: 10, learningRate: 0.01, warmup: 1 },
    { vocabularySize, training: new ContiguousBatches(ids, { batch: 2, window: 4 }) },
  );
  const elements = run.optimizer.parameters.reduce((total, { size }) => total + size, 0);
  run.dispose();
  expect(modelBytes(hidden)).toBe(4 * elements);
});

test('gradients that fit a bucket go at once, larger ones a layer at a time', () => {
  expect([1e6, 2 ** 22, 2 ** 22 + 4, 1e9].map(gradientPortions)).toEqual([1, 1, 2, 2]);
});
