// SPDX-License-Identifier: Apache-2.0
import { init, memory } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { disposeRun, type Run, startRun } from './run.ts';
import { tinyConfig, tinyData } from './testing.ts';
import { classify, evaluate, train } from './train.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

/** Runs `fn` on a new run and frees it. */
function withRun<T>(changes: Partial<typeof tinyConfig>, fn: (run: Run) => T): T {
  const config = { ...tinyConfig, ...changes };
  const run = startRun(config, tinyData(config));
  try {
    return fn(run);
  } finally {
    disposeRun(run);
  }
}

const losses = (run: Run) => Array.from(train(run), ({ loss }) => loss);

describe('train', () => {
  it('learns an order that no single letter shows: all but 5 % of texts it never saw', () => {
    withRun({ steps: 150, learningRate: 0.02 }, (run) => {
      const trained = losses(run);
      expect(trained.length).toBe(150);
      expect(trained.at(-1)).toBeLessThan(0.3 * (trained[0] ?? 0));
      expect(evaluate(run).accuracy).toBeGreaterThan(0.95);
    });
  });

  it('gives the same losses to the last bit for one seed, others for another', () => {
    const first = withRun({ seed: 1 }, losses);
    expect(withRun({ seed: 1 }, losses)).toEqual(first);
    expect(withRun({ seed: 2 }, losses)).not.toEqual(first);
  });

  it('holds no more tensors after step 60 and an evaluation than after step 20', () => {
    withRun({ steps: 60 }, (run) => {
      const held: number[] = [];
      for (const { step } of train(run)) {
        if (step === 40) evaluate(run);
        if (step === 20 || step === 60) held.push(memory().tensors);
      }
      expect(held.length).toBe(2);
      expect(held[1]).toBe(held[0]);
    });
  });
});

describe('classify', () => {
  it('takes each text for what it is taken for alone, whatever stands beside it', () => {
    withRun({ steps: 100, learningRate: 0.02 }, (run) => {
      losses(run);
      const texts = run.data.heldOut.map(({ ids }) => ids);
      const alone = texts.flatMap((text) => classify(run.model, [text]));
      expect(classify(run.model, texts)).toEqual(alone);
      expect(new Set(alone).size).toBe(2);
    });
  });
});
