// SPDX-License-Identifier: Apache-2.0
import { init, memory } from '@tapeloop/core';
import { closeTo, trackLeaks } from '@tapeloop/core/testing';
import { train } from '@tapeloop/train';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { remainingLosses } from '../run-testing.ts';
import { withRun } from './testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

describe('startRun', () => {
  it('learns: from one in 10 characters to better than one in 2', async () => {
    const trained = await withRun({ steps: 200, learningRate: 0.03 }, remainingLosses);
    expect(trained.length).toBe(200);
    expect(Math.abs((trained[0] ?? 0) - Math.log(11))).toBeLessThan(0.1);
    expect(trained.at(-1)).toBeLessThan(Math.log(2));
  });

  it.each([{}, { inputKeep: 0.8, stateKeep: 0.9, outputKeep: 0.7 }])(
    'gives the same losses to the last bit for one seed, others for another: %j',
    async (dropout) => {
      const losses = (seed: number) => withRun({ ...dropout, seed }, remainingLosses);
      const first = await losses(1);
      expect(await losses(1)).toEqual(first);
      expect(await losses(2)).not.toEqual(first);
    },
  );

  it.each([
    [{}, 2.40964, 2.33494],
    [{ inputKeep: 0.7, stateKeep: 0.8, outputKeep: 0.9 }, 2.39097, 2.35309],
    [{ tied: true }, 2.39815, 2.37616],
  ])(
    'draws the weights and masks that it always drew for a seed: %j, within 2e-5',
    async (changes, first, last) => {
      const trained = await withRun(changes, remainingLosses);
      closeTo([trained[0] ?? 0, trained.at(-1) ?? 0], [first, last], {
        relative: 0,
        absolute: 2e-5,
      });
    },
  );

  it.each([{}, { inputKeep: 0.8, stateKeep: 0.9, outputKeep: 0.7 }, { tied: true }])(
    'holds no more tensors and bytes after step 200 than after step 20: %j',
    async (changes) => {
      const held = await withRun({ ...changes, steps: 200 }, async ({ run, learningRate }) => {
        const found: unknown[] = [];
        for await (const { step, type } of train(run, { steps: 200, learningRate })) {
          if (type === 'step' && (step === 20 || step === 200)) found.push(memory());
        }
        return found;
      });
      expect(held.length).toBe(2);
      expect(held[1]).toEqual(held[0]);
    },
  );
});
