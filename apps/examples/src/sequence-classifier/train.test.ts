// SPDX-License-Identifier: Apache-2.0
import { init, memory } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { train } from '@tapeloop/train';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { remainingLosses, usingRun } from '../shared/run-testing.ts';
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

  it('gives the same losses to the last bit for one seed, others for another', async () => {
    const first = await withRun({ seed: 1 }, remainingLosses);
    expect(await withRun({ seed: 1 }, remainingLosses)).toEqual(first);
    expect(await withRun({ seed: 2 }, remainingLosses)).not.toEqual(first);
  });

  it('holds no more tensors after step 60 and an evaluation than after step 20', async () => {
    await withRun({ steps: 60 }, async ({ run, learningRate, model, data }) => {
      const held: number[] = [];
      for await (const { step, type } of train(run, { steps: 60, learningRate })) {
        if (type !== 'step') continue;
        if (step === 40) evaluate(model, data);
        if (step === 20 || step === 60) held.push(memory().tensors);
      }
      expect(held.length).toBe(2);
      expect(held[1]).toBe(held[0]);
    });
  });
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
