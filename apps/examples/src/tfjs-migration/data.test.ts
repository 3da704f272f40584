// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { cutBatches, loadBatches } from './data.ts';

describe('cutBatches', () => {
  const text = 'abcdefghij'.repeat(11);
  const sizes = { steps: 3, batch: 4, window: 2 };
  const { characters, batches } = cutBatches({ name: 'a.txt', text }, sizes);

  it('gives pieces of the text with the character that follows each', () => {
    expect([characters, batches.length]).toEqual([11, 3]);
    for (const { inputs, targets } of batches) {
      expect([inputs.length, targets.length]).toEqual([8, 4]);
      targets.forEach((id, row) => {
        const [first = 0, second = 0] = inputs.subarray(2 * row);
        expect([(first % 10) + 1, (second % 10) + 1]).toEqual([second, id]);
      });
    }
  });

  it('spreads them over the text: 12 starts, 9 characters apart', () => {
    const starts = [0, 3, 6, 9].map((i) => ((i * 9) % 10) + 1);
    expect([0, 1, 2, 3].map((row) => batches[0]?.inputs[2 * row])).toEqual(starts);
  });

  it('says in one line that a text is too short', () => {
    expect(() => cutBatches({ name: 'a.txt', text }, { ...sizes, window: 99 })).toThrow(
      /^--data: a\.txt must have 111 characters or more [^\n]* got 110\.[^\n]*$/,
    );
  });
});

describe('loadBatches', () => {
  it('takes Moby-Dick without a file', () => {
    const sizes = {
      steps: 2,
      batch: 3,
      window: 4,
      embedding: 1,
      hidden: 1,
      learningRate: 1,
      seed: 1,
    };
    expect(loadBatches({ ...sizes, data: '' }).characters).toBe(78);
  });
});
