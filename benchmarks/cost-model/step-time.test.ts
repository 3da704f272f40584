// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it, test } from 'vitest';
import { allReduceTime, type Link } from './all-reduce-time.ts';
import {
  backwardShare,
  computeTime,
  efficiency,
  exposedTime,
  type Job,
  speedUp,
} from './step-time.ts';

const job: Job = { compute: { fixed: 0.01, perRow: 0.005 }, rows: 16, bytes: 1.3e7, portions: 4 };
const slow: Link = { latency: 5e-5, bandwidth: 1e8 };
const fast: Link = { latency: 2e-6, bandwidth: 1e10 };

/** Portion by portion: each waits for backward to make it, and for the one before. */
function exposedByQueue(ranks: number, link: Link): number {
  const { bytes, portions } = job;
  const backward = backwardShare * computeTime(job);
  let arrived = 0;
  for (let portion = 1; portion <= portions; portion++) {
    const made = (portion / portions) * backward;
    arrived = Math.max(arrived, made) + allReduceTime(ranks, bytes / portions, link);
  }
  return arrived - backward;
}

describe('exposedTime', () => {
  test.each([
    ['slow', slow],
    ['fast', fast],
  ])('is what a queue of portions leaves on a %s link, to 1e-12 s', (_name, link) => {
    for (const ranks of [1, 2, 8, 64]) {
      expect(exposedTime(ranks, job, link)).toBeCloseTo(exposedByQueue(ranks, link), 12);
    }
  });

  it('is the last portion on a fast link, and all of a gradient in one portion', () => {
    const whole = { ...job, portions: 1 };
    expect(exposedTime(8, job, fast)).toBe(allReduceTime(8, job.bytes / 4, fast));
    expect(exposedTime(8, whole, slow)).toBe(allReduceTime(8, job.bytes, slow));
  });
});

describe('speedUp', () => {
  it('is 1 for one rank', () => {
    expect(speedUp(1, job, slow)).toBe(1);
  });

  it('grows with ranks and stays below them, while efficiency falls', () => {
    for (const link of [slow, fast]) {
      for (let ranks = 2; ranks <= 64; ranks *= 2) {
        expect(speedUp(ranks, job, link)).toBeGreaterThan(speedUp(ranks / 2, job, link));
        expect(speedUp(ranks, job, link)).toBeLessThan(ranks);
        expect(efficiency(ranks, job, link)).toBeLessThan(efficiency(ranks / 2, job, link));
      }
    }
  });

  it('is better with a faster link, a larger batch, a smaller model', () => {
    const before = speedUp(16, job, slow);
    expect(speedUp(16, job, fast)).toBeGreaterThan(before);
    expect(speedUp(16, { ...job, rows: 32 }, slow)).toBeGreaterThan(before);
    expect(speedUp(16, { ...job, bytes: 1e6 }, slow)).toBeGreaterThan(before);
  });
});
