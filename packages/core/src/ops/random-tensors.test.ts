// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { init, normal, RandomStream, truncatedNormal, uniform, ValueError } from '../index.ts';
import { philoxBlock } from '../kernels/reference/philox.ts';
import { closeTo } from '../testing/close-to.ts';
import { trackLeaks } from '../testing/leaks.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const draws = { uniform, normal, truncatedNormal };

/** u for the first elements of a stream's first draw, from the generator's definition. */
function uniforms(count: number, seed: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const block = philoxBlock([seed, 0], [Math.floor(i / 4), 0, 0, 0]);
    return ((block[i % 4] ?? 0) % 2 ** 23) / 2 ** 23;
  });
}

/** Mean, standard deviation and the fourth standardised moment. */
function moments(values: ArrayLike<number>): { mean: number; stddev: number; kurtosis: number } {
  const list = Array.from(values);
  const average = (f: (x: number) => number) =>
    list.reduce((total, x) => total + f(x), 0) / list.length;
  const mean = average((x) => x);
  const variance = average((x) => (x - mean) ** 2);
  return {
    mean,
    stddev: Math.sqrt(variance),
    kurtosis: average((x) => (x - mean) ** 4) / variance ** 2,
  };
}

test('uniform is min + (max - min) u', () => {
  const u = uniforms(35, 8);
  expect(uniform([5, 7], { stream: new RandomStream(8) }).data()).toEqual(Float32Array.from(u));
  const scaled = uniform([35], { min: -2, max: 6, stream: new RandomStream(8) });
  closeTo(
    scaled,
    u.map((value) => -2 + 8 * value),
    { relative: 1e-7, absolute: 1e-7 },
  );
});

test('normal is the transformation of Box and Muller, within 1e-6', () => {
  for (const size of [1, 2, 7, 8]) {
    const u = uniforms(size + 1, 8);
    const expected = Array.from({ length: size }, (_, i) => {
      const [first = 0, second = 0] = u.slice(i - (i % 2), i - (i % 2) + 2);
      const angle = 2 * Math.PI * second - (i % 2 === 0 ? Math.PI / 2 : 0);
      return 3 + 0.5 * Math.sqrt(-2 * Math.log(first)) * Math.cos(angle);
    });
    const z = normal([size], { mean: 3, stddev: 0.5, stream: new RandomStream(8) });
    closeTo(z, expected, { relative: 0, absolute: 1e-6 });
  }
});

describe('200,000 numbers have the moments of their distribution, within 6 standard errors', () => {
  // Standard errors: of the mean σ/√n, of the standard deviation σ√((κ − 1)/4n), and of the kurtosis κ
  // at most √(24/n), its value for a normal distribution. Truncated ones: integrals over [−2, 2].
  const n = 200_000;
  const truncated = { stddev: 0.8796256610342398, kurtosis: 2.3655367171 };
  test.each<[keyof typeof draws, object, number, number, number]>([
    ['uniform', { min: -1, max: 3 }, 1, 4 / Math.sqrt(12), 1.8],
    ['normal', { mean: 1, stddev: 2 }, 1, 2, 3],
    ['truncatedNormal', { mean: 1, stddev: 2 }, 1, 2 * truncated.stddev, truncated.kurtosis],
  ])('%s', (name, options, mean, stddev, kurtosis) => {
    const found = moments(draws[name]([n], { ...options, stream: new RandomStream(1) }).data());
    expect(Math.abs(found.mean - mean)).toBeLessThan((6 * stddev) / Math.sqrt(n));
    expect(Math.abs(found.stddev - stddev)).toBeLessThan(
      6 * stddev * Math.sqrt((kurtosis - 1) / (4 * n)),
    );
    expect(Math.abs(found.kurtosis - kurtosis)).toBeLessThan(6 * Math.sqrt(24 / n));
  });
});

test('uniform stays in [min, max), truncatedNormal within two standard deviations', () => {
  const u = uniform([100_000], { stream: new RandomStream(2) }).data();
  expect(u.every((value) => value >= 0 && value < 1)).toBe(true);
  const z = truncatedNormal([100_000], {
    mean: 5,
    stddev: 0.1,
    stream: new RandomStream(2),
  }).data();
  expect(z.every((value) => Math.abs(value - 5) <= 0.2 + 1e-6)).toBe(true);
  expect(z.some((value) => Math.abs(value - 5) > 0.19)).toBe(true);
});

describe.each(['uniform', 'normal', 'truncatedNormal'] as const)('%s', (name) => {
  const draw = draws[name];

  test('is the same for the same stream, and other numbers at each draw', () => {
    const stream = new RandomStream(3);
    const first = draw([9], { stream }).data();
    const second = draw([9], { stream }).data();
    expect(second).not.toEqual(first);
    const again = new RandomStream(3);
    expect(draw([9], { stream: again }).data()).toEqual(first);
    expect(draw([9], { stream: again }).data()).toEqual(second);
    expect(draw([9]).data()).not.toEqual(draw([9]).data());
  });

  test('makes scalars and nothing, and refuses what is no shape', () => {
    expect(draw([]).shape).toEqual([]);
    expect(draw([0, 3]).shape).toEqual([0, 3]);
    expect(() => draw([-1])).toThrow(`${name}: shape must be whole numbers`);
  });
});

test('bad parameters are refused', () => {
  expect(() => uniform([2], { min: 1, max: 0 })).toThrow(ValueError);
  expect(() => uniform([2], { max: Number.POSITIVE_INFINITY })).toThrow(
    'uniform: min and max must be finite',
  );
  expect(() => normal([2], { stddev: -1 })).toThrow(
    'normal: stddev must be a finite number of at least 0, got -1.',
  );
  expect(() => truncatedNormal([2], { stddev: Number.NaN })).toThrow('truncatedNormal: stddev');
  expect(() => normal([2], { mean: Number.NaN })).toThrow(
    'normal: mean must be a finite number, got NaN.',
  );
  expect(normal([2], { mean: 4, stddev: 0 }).data()).toEqual(Float32Array.of(4, 4));
});
