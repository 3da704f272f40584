// SPDX-License-Identifier: Apache-2.0
import { init, matMul, RandomStream, reshape, type Shape, sizeOf } from '@tapeloop/core';
import { closeTo, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Initializer } from '../initializer.ts';
import { claimSixSigma } from '../testing/index.ts';
import { type InitializerName, initializers, toInitializer } from './initializers.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const [IN, OUT] = [120, 200];
const draw = (initializer: Initializer, shape: Shape = [IN, OUT], seed = 5) => [
  ...initializer(shape, new RandomStream(seed)).data(),
];
const moments = (values: readonly number[]) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length };
};

test('constants are what they say', () => {
  expect(new Set(draw(initializers.zeros()))).toEqual(new Set([0]));
  expect(new Set(draw(initializers.ones()))).toEqual(new Set([1]));
  expect(new Set(draw(initializers.constant({ value: 0.25 })))).toEqual(new Set([0.25]));
});

interface Expected {
  readonly name: InitializerName;
  readonly variance: number;
  /** Largest possible |value − mean|. */
  readonly limit: number;
  /** E[x⁴] / E[x²]²: 9/5 of the uniform, 3 of the normal distribution. */
  readonly kurtosis: number;
}

/** Kurtosis of the normal distribution cut off at two deviations, by its density. */
const CUT = 2.3655;
const fanMean = (IN + OUT) / 2;
const uniformOf = (name: InitializerName, variance: number): Expected => ({
  name,
  variance,
  limit: Math.sqrt(3 * variance),
  kurtosis: 9 / 5,
});
const truncatedOf = (name: InitializerName, variance: number): Expected => ({
  name,
  variance,
  limit: (2 * Math.sqrt(variance)) / 0.8796,
  kurtosis: CUT,
});
const expectations: readonly Expected[] = [
  uniformOf('uniform', 0.05 ** 2 / 3),
  uniformOf('glorotUniform', 1 / fanMean),
  uniformOf('heUniform', 2 / IN),
  uniformOf('lecunUniform', 1 / IN),
  { name: 'normal', variance: 0.05 ** 2, limit: Number.POSITIVE_INFINITY, kurtosis: 3 },
  truncatedOf('truncatedNormal', (0.05 * 0.8796) ** 2),
  truncatedOf('glorotNormal', 1 / fanMean),
  truncatedOf('heNormal', 2 / IN),
  truncatedOf('lecunNormal', 1 / IN),
];

describe.each(expectations)('$name', ({ name, variance, limit, kurtosis }) => {
  const values = () => draw(initializers[name]());

  test('has mean 0 and its variance within six sigma, and its limits', () => {
    const n = IN * OUT;
    const found = moments(values());
    expect(Math.abs(found.mean)).toBeLessThanOrEqual(6 * Math.sqrt(variance / n));
    // Var of the sample variance: (kurtosis − 1) · variance² / n.
    const bound = 6 * variance * Math.sqrt((kurtosis - 1) / n) + 1e-4 * variance;
    expect(Math.abs(found.variance - variance)).toBeLessThanOrEqual(bound);
    expect(Math.max(...values().map(Math.abs))).toBeLessThanOrEqual(limit * (1 + 1e-6));
  });

  test('depends on the stream, and on a seed of its own alone', () => {
    const [first, second] = [draw(initializers[name]()), draw(initializers[name](), undefined, 6)];
    expect(first).not.toEqual(second);
    const seeded = (seed: number) =>
      draw(toInitializer('test', { name, options: { seed: 9 } }), [3, 4], seed);
    expect(seeded(1)).toEqual(seeded(2));
  });
});

test('fans of more than two dimensions count the receptive field', () => {
  const limit = Math.sqrt(3 / (3 * 20));
  const values = draw(initializers.lecunUniform(), [3, 20, 50]);
  expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(limit);
  expect(Math.max(...values.map(Math.abs))).toBeGreaterThan(0.99 * limit);
});

describe('orthogonal', () => {
  test.each<[Shape]>([[[6, 24]], [[24, 6]], [[70, 70]], [[1, 5]], [[2, 3, 12]], [[100, 33]]])(
    '%j has orthonormal rows or columns within 2e-6',
    (shape) => {
      const columns = shape.at(-1) ?? 1;
      const rows = sizeOf(shape) / columns;
      const q = reshape(initializers.orthogonal()(shape, new RandomStream(3)), [rows, columns]);
      const transposes = rows <= columns ? { transposeB: true } : { transposeA: true };
      const product = matMul(q, q, transposes);
      const size = Math.min(rows, columns);
      const identity = Array.from({ length: size * size }, (_, i) => Number(i % (size + 1) === 0));
      closeTo(product, identity, { relative: 0, absolute: 2e-6 });
    },
  );

  test('has no preferred sign, and takes a gain', () => {
    const values = draw(initializers.orthogonal({ gain: 3 }), [200, 200]);
    const positive = values.filter((value) => value > 0).length;
    claimSixSigma(positive, 40_000, 0.5);
    expect(moments(values).variance).toBeCloseTo(9 / 200, 4);
  });

  test('keeps the first direction of what was drawn: R has a positive diagonal', () => {
    const gaussian = draw(initializers.normal({ stddev: 1 }), [3, 8]).slice(0, 8);
    const first = draw(initializers.orthogonal(), [3, 8]).slice(0, 8);
    const norm = Math.sqrt(gaussian.reduce((sum, value) => sum + value ** 2, 0));
    closeTo(
      first,
      gaussian.map((value) => value / norm),
      { absolute: 1e-6 },
    );
  });

  test('needs two dimensions', () => {
    expect(() => draw(initializers.orthogonal(), [4])).toThrow('at least two dimensions');
  });
});
