// SPDX-License-Identifier: Apache-2.0
import { init, memory } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pronounce } from './pronounce.ts';
import { disposeRun, type Run, startRun } from './run.ts';
import { tinyConfig, tinyData } from './testing.ts';
import { evaluate, train } from './train.ts';

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
  it('learns to say words that it never saw: all but 5 % of phonemes', () => {
    withRun({ steps: 300, hidden: 32, learningRate: 0.02 }, (run) => {
      const before = evaluate(run, run.data.heldOut);
      expect(before.phonemeErrorRate).toBeGreaterThan(0.5);
      const trained = losses(run);
      expect(trained.length).toBe(300);
      expect(trained.at(-1)).toBeLessThan(0.1 * (trained[0] ?? 0));
      const after = evaluate(run, run.data.heldOut);
      expect(after.phonemeErrorRate).toBeLessThan(0.05);
      expect(pronounce(run.model, run.data, ['dada'])).toEqual([['D', 'A', 'D', 'A']]);
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
        if (step === 40) evaluate(run, run.data.heldOut);
        if (step === 20 || step === 60) held.push(memory().tensors);
      }
      expect(held.length).toBe(2);
      expect(held[1]).toBe(held[0]);
    });
  });
});

describe('pronounce', () => {
  it('says each word as it does alone, in the order asked for', () => {
    withRun({ steps: 40 }, (run) => {
      losses(run);
      const words = ['abc', 'dadade', 'eb', 'cab'];
      const alone = words.flatMap((word) => pronounce(run.model, run.data, [word]));
      expect(pronounce(run.model, run.data, words)).toEqual(alone);
      expect(new Set(alone.map((phonemes) => phonemes.join(' '))).size).toBeGreaterThan(1);
    });
  });

  it('ends also where the model never does', () => {
    withRun({}, (run) => {
      const said = pronounce(run.model, run.data, ['abcde']);
      expect(said[0]?.length).toBeLessThanOrEqual(15);
    });
  });
});
