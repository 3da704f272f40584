// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { init } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { goldenCases, scalarRule } from '../golden-cases-testing.ts';
import type { GoldenInputs, GoldenRuns } from '../golden-trajectories-testing.ts';
import { optimizerContract } from '../optimizer-contract-testing.ts';
import { constant } from '../schedules/schedule.ts';
import { warmup } from '../schedules/warmup.ts';
import { warmupCosine } from '../schedules/warmup-cosine.ts';
import { radam, radamUpdate, rectification } from './radam.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const read = (path: string) =>
  JSON.parse(readFileSync(new URL(`../../../../conformance/${path}`, import.meta.url), 'utf8'));
const inputs: GoldenInputs = read('pytorch/optimizers.json');
const pytorch: GoldenRuns = read('pytorch/optimizer-rules.json');
const optax: GoldenRuns = read('optax/optimizers.json');

describe('contract', () => {
  const cases = optimizerContract({
    make: () =>
      radam({
        learningRate: warmupCosine({ peak: 0.05, warmupSteps: 2, totalSteps: 30, start: 0.01 }),
      }),
    quadratic: { make: () => radam({ learningRate: 0.1 }), steps: 400 },
    rosenbrock: {
      make: () => radam({ learningRate: warmup(constant(0.02), { steps: 200 }) }),
      steps: 4000,
    },
    network: { make: () => radam({ learningRate: 0.05 }), steps: 400 },
  });
  test.each(cases)('$title', ({ run }) => run());
});

const golden: Pick<Parameters<typeof goldenCases>[0], 'make' | 'scalar'> = {
  make: ({ rate, adam: numbers }) => radam({ learningRate: rate, ...numbers }),
  scalar: scalarRule(
    { m: 0, v: 0 },
    ({ rate, adam: numbers }) =>
      ({ g, t }, kept) =>
        radamUpdate(g, kept, { alpha: rate(t - 1), ...numbers, t }),
  ),
};

test.each([
  ...goldenCases({ source: 'PyTorch', file: pytorch, inputs, rule: 'radam', ...golden }),
  ...goldenCases({ source: 'Optax', file: optax, inputs, rule: 'radam', ...golden }),
])('$title', ({ run }) => run());

test.each([
  [{ beta1: 1 }, 'radam: beta1 must be a number in [0, 1), got 1.'],
  [{ epsilon: 0 }, 'radam: epsilon must be a finite number above 0, got 0.'],
  [{ learningRate: -1 }, 'radam: learningRate must be a finite number of at least 0, got -1.'],
])('refuses %o', (options, message) => {
  expect(() => radam(options)).toThrow(message);
});

test('the rectification starts at step 6 with β₂ = 0.999 and comes to 1', () => {
  expect([1, 2, 3, 4, 5].map((t) => rectification(0.999, t))).toEqual(Array(5).fill(undefined));
  expect(rectification(0.999, 6)).toBeGreaterThan(0);
  expect(rectification(0.999, 100_000)).toBeCloseTo(1, 6);
});
