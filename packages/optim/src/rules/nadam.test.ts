// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { init } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chain } from '../chain.ts';
import { goldenCases, scalarRule } from '../golden-cases-testing.ts';
import type { GoldenInputs, GoldenRuns } from '../golden-trajectories-testing.ts';
import { optimizerContract } from '../optimizer-contract-testing.ts';
import { warmupCosine } from '../schedules/warmup-cosine.ts';
import { decoupledWeightDecay } from '../transforms/weight-decay.ts';
import { nadam, nadamNumbers, nadamUpdate } from './nadam.ts';

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
    make: () =>
      nadam({
        learningRate: warmupCosine({ peak: 0.05, warmupSteps: 2, totalSteps: 30, start: 0.01 }),
      }),
    quadratic: { make: () => nadam({ learningRate: 0.1 }), steps: 400 },
    rosenbrock: { make: () => nadam({ learningRate: 0.02 }), steps: 4000 },
    network: { make: () => nadam({ learningRate: 0.05 }), steps: 400 },
  });
  test.each(cases)('$title', ({ run }) => run());
});

const golden: Pick<Parameters<typeof goldenCases>[0], 'make' | 'scalar'> = {
  make: (options) => {
    const { rate: learningRate, adam } = options;
    const momentumDecay = options.number('momentum_decay');
    const decay = options.optional('weight_decay');
    return chain(
      nadam({ learningRate, ...adam, momentumDecay }),
      decoupledWeightDecay({ learningRate, weightDecay: decay }),
    );
  },
  scalar: scalarRule({ m: 0, v: 0, muProduct: 1 }, (options) => ({ p, g, t }, kept) => {
    const momentumDecay = options.number('momentum_decay');
    const alpha = options.rate(t - 1);
    const { muProduct } = kept;
    const numbers = nadamNumbers({ alpha, t, muProduct }, { ...options.adam, momentumDecay });
    const { m, v, update } = nadamUpdate(g, kept, numbers);
    const decay = alpha * options.optional('weight_decay') * p;
    return { m, v, muProduct: numbers.muProduct, update: update - decay };
  }),
};

test.each([...goldenCases({ source: 'PyTorch', file: pytorch, inputs, rule: 'nadam', ...golden })])(
  '$title',
  ({ run }) => run(),
);

test.each([
  [{ beta1: 1 }, 'nadam: beta1 must be a number in [0, 1), got 1.'],
  [{ epsilon: 0 }, 'nadam: epsilon must be a finite number above 0, got 0.'],
  [{ learningRate: -1 }, 'nadam: learningRate must be a finite number of at least 0, got -1.'],
  [{ momentumDecay: -1 }, 'nadam: momentumDecay must be a finite number of at least 0, got -1.'],
])('refuses %o', (options, message) => {
  expect(() => nadam(options)).toThrow(message);
});
