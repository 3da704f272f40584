// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it, test } from 'vitest';
import { allReduceTime, inSeries, type Link } from './all-reduce-time.ts';

const link: Link = { latency: 3e-5, bandwidth: 2e8 };

/** Round by round: halves, quarters … are exchanged and added, then gathered in the other order. */
function timeOfRounds(ranks: number, bytes: number, { latency, bandwidth }: Link): number {
  let time = 0;
  let sent = bytes;
  for (let distance = 1; distance < ranks; distance *= 2) {
    sent /= 2;
    time += 2 * (latency + sent / bandwidth);
  }
  return time;
}

describe('allReduceTime', () => {
  test.each([1, 2, 4, 8, 64])('is the sum of all rounds of %i ranks, to 1e-12', (ranks) => {
    for (const bytes of [0, 4, 4096, 3.5e6]) {
      const expected = timeOfRounds(ranks, bytes, link);
      expect(allReduceTime(ranks, bytes, link)).toBeCloseTo(expected, 12);
    }
  });

  it('is nothing for one rank', () => {
    expect(allReduceTime(1, 1e9, link)).toBe(0);
  });

  it('grows with ranks, bytes and latency, and falls with bandwidth', () => {
    const time = (change: { ranks?: number; bytes?: number } & Partial<Link>) => {
      const { ranks, bytes, ...rest } = { ranks: 4, bytes: 1e6, ...link, ...change };
      return allReduceTime(ranks, bytes, rest);
    };
    for (const ranks of [5, 8, 64]) expect(time({ ranks })).toBeGreaterThan(time({}));
    expect(time({ bytes: 2e6 })).toBeGreaterThan(time({}));
    expect(time({ latency: 4e-5 })).toBeGreaterThan(time({}));
    expect(time({ bandwidth: 3e8 })).toBeLessThan(time({}));
  });
});

test('a message through two links in series takes the sum of their times, to 1e-12', () => {
  const other: Link = { latency: 2e-6, bandwidth: 1.2e10 };
  const bytes = 7e6;
  const alone = ({ latency, bandwidth }: Link) => latency + bytes / bandwidth;
  expect(alone(inSeries(link, other))).toBeCloseTo(alone(link) + alone(other), 12);
});
