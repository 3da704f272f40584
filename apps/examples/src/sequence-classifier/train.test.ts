// SPDX-License-Identifier: Apache-2.0
import { init } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { remainingLosses, testRuns, usingRun } from '../shared/run-testing.ts';
import { classify, evaluate } from './classify.ts';
import { type ClassifierRun, startRun } from './run.ts';
import { tinyConfig, tinyData } from './testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

/** Runs `fn` on a new run and frees it. */
function withRun<T>(
  changes: Partial<typeof tinyConfig>,
  fn: (started: ClassifierRun) => Promise<T>,
): Promise<T> {
  const config = { ...tinyConfig, ...changes };
  return usingRun(startRun(config, tinyData(config)), fn);
}

describe('train', () => {
  it('learns an order that no single letter shows: all but 5 % of texts it never saw', async () => {
    await withRun({ steps: 150, learningRate: 0.02 }, async (started) => {
      const { model, data } = started;
      const trained = await remainingLosses(started);
      expect(trained.length).toBe(150);
      expect(trained.at(-1)).toBeLessThan(0.3 * (trained[0] ?? 0));
      expect(evaluate(model, data).accuracy).toBeGreaterThan(0.95);
    });
  });

  testRuns(withRun, ({ model, data }) => evaluate(model, data));
});

describe('classify', () => {
  it('takes each text for what it is taken for alone, whatever stands beside it', async () => {
    await withRun({ steps: 100, learningRate: 0.02 }, async (started) => {
      await remainingLosses(started);
      const texts = started.data.heldOut.map(({ ids }) => ids);
      const alone = texts.flatMap((text) => classify(started.model, [text]));
      expect(classify(started.model, texts)).toEqual(alone);
      expect(new Set(alone).size).toBe(2);
    });
  });
});
