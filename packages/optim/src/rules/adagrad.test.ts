// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { init } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { goldenCases, scalarRule } from '../golden-cases-testing.ts';
import type { GoldenInputs, GoldenRuns } from '../golden-trajectories-testing.ts';
import { optimizerContract } from '../optimizer-contract-testing.ts';
import { adagrad, adagradUpdate } from './adagrad.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const read = (path: string) =>
  JSON.parse(readFileSync(new URL(`../../../../conformance/${path}`, import.meta.url), 'utf8'));
const inputs: GoldenInputs = read('pytorch/optimizers.json');
const pytorch: GoldenRuns = read('pytorch/optimizer-rules.json');

describe('contract', () => {
  const cases = optimizerContract({
    make: () => adagrad({ learningRate: 0.1, initialAccumulator: 0.1 }),
    quadratic: { make: () => adagrad({ learningRate: 0.5 }), steps: 400 },
    rosenbrock: { make: () => adagrad({ learningRate: 0.5 }), steps: 6000 },
    network: { make: () => adagrad({ learningRate: 0.3 }), steps: 600 },
  });
  test.each(cases)('$title', ({ run }) => run());
});

const golden: Pick<Parameters<typeof goldenCases>[0], 'make' | 'scalar'> = {
  make: (options) => {
    const lr = options.number('lr');
    return adagrad({
      learningRate: (step) => lr / (1 + step * options.number('lr_decay')),
      initialAccumulator: options.number('initial_accumulator_value'),
      epsilon: options.number('eps'),
    });
  },
  scalar: (options, trajectory) => {
    const first = { s: options.number('initial_accumulator_value') };
    return scalarRule(first, () => ({ g, t }, { s }) => {
      const alpha = options.number('lr') / (1 + (t - 1) * options.number('lr_decay'));
      return adagradUpdate(g, s, { alpha, epsilon: options.number('eps') });
    })(options, trajectory);
  },
};

test.each([
  ...goldenCases({ source: 'PyTorch', file: pytorch, inputs, rule: 'adagrad', ...golden }),
])('$title', ({ run }) => run());

test.each([
  [
    { initialAccumulator: -1 },
    'adagrad: initialAccumulator must be a finite number of at least 0, got -1.',
  ],
  [{ epsilon: 0 }, 'adagrad: epsilon must be a finite number above 0, got 0.'],
])('refuses %o', (options, message) => {
  expect(() => adagrad(options)).toThrow(message);
});
