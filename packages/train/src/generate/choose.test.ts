// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { chooseId } from './choose.ts';

const logs = (...shares: number[]) => shares.map(Math.log);
const chances = Array.from({ length: 1000 }, (_, i) => (i + 0.5) / 1000);

/** How often each id is chosen when the chances cover [0, 1) evenly. */
function frequencies(...[scores, options]: [number[], Parameters<typeof chooseId>[1]]): number[] {
  const counts = scores.map(() => 0);
  for (const chance of chances) {
    const id = chooseId(scores, options, chance);
    counts[id] = (counts[id] ?? 0) + 1;
  }
  return counts.map((count) => count / chances.length);
}

describe('chooseId', () => {
  it('gives each id its share of [0, 1), in order, and the forbidden one none', () => {
    const scores = logs(5, 1, 2, 1);
    const options = { forbidden: 0 };
    const chosen = [0, 0.249, 0.251, 0.749, 0.751, 0.999].map((u) => chooseId(scores, options, u));
    expect(chosen).toEqual([1, 1, 2, 2, 3, 3]);
  });

  it('divides scores by the temperature: at 1/2 shares are squared', () => {
    expect(frequencies(logs(1, 3), { temperature: 0.5 })).toEqual([0.1, 0.9]);
    expect(frequencies(logs(1, 3), { temperature: 1 })).toEqual([0.25, 0.75]);
  });

  it('takes the likeliest allowed id at temperature 0, whatever the chance', () => {
    const options = { temperature: 0, forbidden: 0 };
    expect([0, 0.5, 0.999].map((u) => chooseId([9, 1, 4, 2], options, u))).toEqual([2, 2, 2]);
  });

  it('keeps the likeliest k', () => {
    expect(frequencies(logs(1, 4, 2, 1), { topK: 2 })).toEqual([0, 0.667, 0.333, 0]);
    expect(frequencies(logs(1, 4, 2, 1), { topK: 9 })).toEqual([0.125, 0.5, 0.25, 0.125]);
    expect(frequencies(logs(2, 2, 2), { topK: 1 })).toEqual([1, 0, 0]);
  });

  it('keeps the likeliest that together reach p, the one that reaches it included', () => {
    const shares = logs(1, 5, 3, 1);
    expect(frequencies(shares, { topP: 0.5 })).toEqual([0, 1, 0, 0]);
    expect(frequencies(shares, { topP: 0.51 })).toEqual([0, 0.625, 0.375, 0]);
    expect(frequencies(shares, { topP: 1 })).toEqual([0.1, 0.5, 0.3, 0.1]);
  });

  it('cuts to k first, and measures p on what is left', () => {
    expect(frequencies(logs(2, 4, 3, 1), { topK: 2, topP: 0.55 })).toEqual([0, 1, 0, 0]);
    expect(frequencies(logs(2, 4, 3, 1), { topK: 2, topP: 0.6 })).toEqual([0, 0.571, 0.429, 0]);
  });

  it('does not overflow with large scores', () => {
    expect(chooseId([0, 1e30, 1e30], { temperature: 0.01 }, 0.75)).toBe(2);
  });
});
