// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { init } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { goldenCases, scalarRule } from '../golden-cases-testing.ts';
import type { GoldenInputs, GoldenRuns } from '../golden-trajectories-testing.ts';
import { optimizerContract } from '../optimizer-contract-testing.ts';
import { warmupCosine } from '../schedules/warmup-cosine.ts';
import { adamax, adamaxUpdate } from './adamax.ts';

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
      adamax({
        learningRate: warmupCosine({ peak: 0.05, warmupSteps: 2, totalSteps: 30, start: 0.01 }),
      }),
    quadratic: { make: () => adamax({ learningRate: 0.1 }), steps: 400 },
    rosenbrock: { make: () => adamax({ learningRate: 0.05 }), steps: 6000 },
    network: { make: () => adamax({ learningRate: 0.05 }), steps: 1000 },
  });
  test.each(cases)('$title', ({ run }) => run());
});

const golden: Pick<Parameters<typeof goldenCases>[0], 'make' | 'scalar'> = {
  make: ({ rate, adam: numbers }) => adamax({ learningRate: rate, ...numbers }),
  scalar: scalarRule(
    { m: 0, u: 0 },
    ({ rate, adam: numbers }) =>
      ({ g, t }, kept) =>
        adamaxUpdate(g, kept, { alpha: rate(t - 1), ...numbers, t }),
  ),
};

test.each([
  ...goldenCases({ source: 'PyTorch', file: pytorch, inputs, rule: 'adamax', ...golden }),
  ...goldenCases({ source: 'Optax', file: optax, inputs, rule: 'adamax', ...golden }),
])('$title', ({ run }) => run());

test.each([
  [{ beta1: 1 }, 'adamax: beta1 must be a number in [0, 1), got 1.'],
  [{ epsilon: 0 }, 'adamax: epsilon must be a finite number above 0, got 0.'],
  [{ learningRate: -1 }, 'adamax: learningRate must be a finite number of at least 0, got -1.'],
])('refuses %o', (options, message) => {
  expect(() => adamax(options)).toThrow(message);
});
