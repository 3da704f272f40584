// SPDX-License-Identifier: Apache-2.0
import { init } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ContiguousBatches } from '../data/contiguous-batches.ts';
import { startLanguageModel } from './start-run.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const vocabularySize = 7;
const ids = Int32Array.from({ length: 400 }, (_, i) => (i * i + 3 * i) % vocabularySize);
const config = { embedding: 8, hidden: 8, layers: 2, steps: 1000, learningRate: 0.02 };

/** The losses of so many steps, and the loss of a pass in one window. */
async function lossesOf(changes: Partial<typeof config> & { name?: string }, steps: number) {
  const training = new ContiguousBatches(ids, { batch: 8, window: 6 });
  const { run } = startLanguageModel({ ...config, ...changes }, { vocabularySize, training });
  try {
    const losses: number[] = [];
    for (let step = 0; step < steps; step++) losses.push((await run.trainStep()).loss);
    return {
      losses,
      whole: await run.evaluate(new ContiguousBatches(ids, { batch: 8, window: 60 })),
    };
  } finally {
    run.dispose();
  }
}

describe('startLanguageModel', () => {
  it('carries the state: windows have the loss of one long window, to 1e-5, and a pass that of the one before', async () => {
    const { losses, whole } = await lossesOf({ learningRate: 1e-30 }, 10);
    const times = [6, 6, 6, 6, 6, 6, 6, 6, 1];
    const total = times.reduce((sum, time, i) => sum + time * (losses[i] ?? Number.NaN), 0);
    expect(Math.abs(total / 49 - whole)).toBeLessThan(1e-5);
    expect(losses[9]).toBe(losses[0]);
  });

  it('starts from weights that follow from the seed and the name', async () => {
    const { losses } = await lossesOf({}, 3);
    expect((await lossesOf({ name: 'language_model' }, 3)).losses).toEqual(losses);
    expect((await lossesOf({ name: 'another' }, 3)).losses).not.toEqual(losses);
  });
});
