// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { init } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { goldenCases, scalarRule } from '../golden-cases-testing.ts';
import type { GoldenInputs, GoldenRuns } from '../golden-trajectories-testing.ts';
import { optimizerContract } from '../optimizer-contract-testing.ts';
import { cosineDecay } from '../schedules/cosine.ts';
import { adadelta, adadeltaUpdate } from './adadelta.ts';

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
    make: () => adadelta({ learningRate: 0.5, rho: 0.9 }),
    quadratic: {
      make: () => adadelta({ learningRate: cosineDecay({ initial: 1, steps: 1500 }) }),
      steps: 1500,
    },
    rosenbrock: {
      make: () => adadelta({ learningRate: cosineDecay({ initial: 1, steps: 12000 }) }),
      steps: 12000,
    },
    network: { make: () => adadelta({ learningRate: 3 }), steps: 1500 },
  });
  test.each(cases)('$title', ({ run }) => run());
});

const golden: Pick<Parameters<typeof goldenCases>[0], 'make' | 'scalar'> = {
  make: (options) =>
    adadelta({
      learningRate: options.rate,
      rho: options.number('rho'),
      epsilon: options.number('eps'),
    }),
  scalar: scalarRule(
    { squares: 0, deltas: 0 },
    (options) =>
      ({ g, t }, kept) =>
        adadeltaUpdate(g, kept, {
          alpha: options.rate(t - 1),
          rho: options.number('rho'),
          epsilon: options.number('eps'),
        }),
  ),
};

test.each([
  ...goldenCases({ source: 'PyTorch', file: pytorch, inputs, rule: 'adadelta', ...golden }),
  ...goldenCases({ source: 'Optax', file: optax, inputs, rule: 'adadelta', ...golden }),
])('$title', ({ run }) => run());

test.each([
  [{ rho: 1 }, 'adadelta: rho must be a number in [0, 1), got 1.'],
  [{ epsilon: 0 }, 'adadelta: epsilon must be a finite number above 0, got 0.'],
])('refuses %o', (options, message) => {
  expect(() => adadelta(options)).toThrow(message);
});
