// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { allReduceTime, type Link } from './all-reduce-time.ts';
import { fitCompute, fitLink } from './fit.ts';

const link: Link = { latency: 3e-5, bandwidth: 2e8 };
const sizes = [2 ** 12, 2 ** 16, 2 ** 20, 2 ** 24];
const exact = [2, 4].flatMap((ranks) =>
  sizes.map((bytes) => ({ ranks, bytes, seconds: allReduceTime(ranks, bytes, link) })),
);

describe('fitLink', () => {
  it('recovers the link that made the times, to a relative error of 1e-9', () => {
    const { latency, bandwidth, error } = fitLink(exact);
    expect(latency / link.latency).toBeCloseTo(1, 9);
    expect(bandwidth / link.bandwidth).toBeCloseTo(1, 9);
    expect(error).toBeLessThan(1e-9);
  });

  it('has the least mean square of relative residuals when times are off, and tells its root', () => {
    const noisy = exact.map((sample, i) => {
      return { ...sample, seconds: sample.seconds * (1 + 0.1 * Math.cos(3 * i)) };
    });
    const errorOf = (guess: Link) => {
      const residuals = noisy.map(({ ranks, bytes, seconds }) => {
        return allReduceTime(ranks, bytes, guess) / seconds - 1;
      });
      return Math.hypot(...residuals) / Math.sqrt(residuals.length);
    };
    const { latency, bandwidth, error } = fitLink(noisy);
    expect(error).toBeCloseTo(errorOf({ latency, bandwidth }), 12);
    for (const factor of [0.99, 1.01]) {
      expect(errorOf({ latency: factor * latency, bandwidth })).toBeGreaterThan(error);
      expect(errorOf({ latency, bandwidth: factor * bandwidth })).toBeGreaterThan(error);
    }
  });

  it('cannot tell latency and bandwidth from one size', () => {
    expect(() => fitLink(exact.slice(0, 1))).toThrow('fit: samples must have at least two sizes');
  });
});

describe('fitCompute', () => {
  it('recovers the fixed part and the part of each row, to 1e-12 s', () => {
    const samples = [8, 16, 32].map((rows) => ({ rows, seconds: 0.012 + 0.004 * rows }));
    const { fixed, perRow } = fitCompute(samples);
    expect(fixed).toBeCloseTo(0.012, 12);
    expect(perRow).toBeCloseTo(0.004, 12);
  });

  it('has no part below 0, and then fits the other alone', () => {
    const steep = fitCompute([
      { rows: 1, seconds: 1 },
      { rows: 2, seconds: 4 },
    ]);
    // min of (b − 1)² + (b / 2 − 1)²
    expect(steep.fixed).toBe(0);
    expect(steep.perRow).toBeCloseTo(1.2, 12);
    const falling = fitCompute([
      { rows: 1, seconds: 4 },
      { rows: 2, seconds: 1 },
    ]);
    // min of (a / 4 − 1)² + (a − 1)²
    expect(falling.perRow).toBe(0);
    expect(falling.fixed).toBeCloseTo(1.25 / 1.0625, 12);
  });
});
