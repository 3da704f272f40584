// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { compare, largestDifference, median } from './compare.ts';

const batches = Array.from({ length: 7 }, () => ({
  inputs: Int32Array.of(1),
  targets: Int32Array.of(2),
}));

describe('compare', () => {
  it('takes turns of five steps, and puts kernels in place before each', async () => {
    const log: string[] = [];
    const contestants = ['a', 'b'].map((name) => ({
      name,
      enter: async () => log.push(`${name}!`),
      step: () => log.push(name),
      dispose: () => undefined,
    }));
    let reports = 0;
    let last: readonly { readonly losses: readonly number[] }[] = [];
    for await (last of compare(contestants, batches)) reports++;
    expect(log.join(' ')).toBe('a! a a a a a b! b b b b b a! a a b! b b');
    expect(reports).toBe(14);
    // Each step's loss is the length of the log after it.
    expect(last[1]?.losses).toEqual([8, 9, 10, 11, 12, 17, 18]);
  });
});

describe('median', () => {
  it('is the number in the middle', () => {
    expect(median([9, 1, 100])).toBe(9);
    expect(median([4, 3, 2, 1])).toBe(3);
    expect(median([])).toBeNaN();
  });
});

describe('largestDifference', () => {
  it('is a share of the loss, over the steps that both made', () => {
    expect(largestDifference([4, 2, 1], [4, 2.5])).toBe(0.25);
    expect(largestDifference([1], [1])).toBe(0);
  });
});
