// SPDX-License-Identifier: Apache-2.0
import { init } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { remainingLosses, testRuns, usingRun } from '../shared/run-testing.ts';
import { evaluate, pronounce } from './pronounce.ts';
import { type PronunciationRun, startRun } from './run.ts';
import { tinyConfig, tinyData } from './testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

/** Runs `fn` on a new run and frees it. */
function withRun<T>(
  changes: Partial<typeof tinyConfig>,
  fn: (started: PronunciationRun) => Promise<T>,
): Promise<T> {
  const config = { ...tinyConfig, ...changes };
  return usingRun(startRun(config, tinyData(config)), fn);
}

describe('train', () => {
  it('learns to say words that it never saw: all but 5 % of phonemes', async () => {
    await withRun({ steps: 300, hidden: 32, learningRate: 0.02 }, async (started) => {
      const { model, data } = started;
      const before = evaluate(model, data, data.heldOut);
      expect(before.phonemeErrorRate).toBeGreaterThan(0.5);
      const trained = await remainingLosses(started);
      expect(trained.length).toBe(300);
      expect(trained.at(-1)).toBeLessThan(0.1 * (trained[0] ?? 0));
      const after = evaluate(model, data, data.heldOut);
      expect(after.phonemeErrorRate).toBeLessThan(0.05);
      expect(pronounce(model, data, ['dada'])).toEqual([['D', 'A', 'D', 'A']]);
    });
  });

  testRuns(withRun, ({ model, data }) => evaluate(model, data, data.heldOut));
});

describe('pronounce', () => {
  it('says each word as it does alone, in the order asked for', async () => {
    await withRun({ steps: 40 }, async (started) => {
      const { model, data } = started;
      await remainingLosses(started);
      const words = ['abc', 'dadade', 'eb', 'cab'];
      const alone = words.flatMap((word) => pronounce(model, data, [word]));
      expect(pronounce(model, data, words)).toEqual(alone);
      expect(new Set(alone.map((phonemes) => phonemes.join(' '))).size).toBeGreaterThan(1);
    });
  });

  it('ends also where the model never does', async () => {
    await withRun({}, async ({ model, data }) => {
      const said = pronounce(model, data, ['abcde']);
      expect(said[0]?.length).toBeLessThanOrEqual(15);
    });
  });
});
