// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { init } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { goldenCases, scalarRule } from '../golden-cases-testing.ts';
import type { GoldenInputs, GoldenRuns } from '../golden-trajectories-testing.ts';
import { optimizerContract } from '../optimizer-contract-testing.ts';
import { cosineDecay } from '../schedules/cosine.ts';
import { lion, lionUpdate } from './lion.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const read = (path: string) =>
  JSON.parse(readFileSync(new URL(`../../../../conformance/${path}`, import.meta.url), 'utf8'));
const inputs: GoldenInputs = read('pytorch/optimizers.json');
const optax: GoldenRuns = read('optax/optimizers.json');

describe('contract', () => {
  const cases = optimizerContract({
    make: () => lion({ learningRate: 0.01, weightDecay: 0.2 }),
    quadratic: {
      make: () => lion({ learningRate: cosineDecay({ initial: 0.1, steps: 400 }) }),
      steps: 400,
    },
    rosenbrock: {
      make: () => lion({ learningRate: cosineDecay({ initial: 0.01, steps: 4000 }) }),
      steps: 4000,
    },
    network: {
      make: () => lion({ learningRate: cosineDecay({ initial: 0.02, steps: 600 }) }),
      steps: 600,
    },
  });
  test.each(cases)('$title', ({ run }) => run());
});

const golden: Pick<Parameters<typeof goldenCases>[0], 'make' | 'scalar'> = {
  make: (options) =>
    lion({
      learningRate: options.rate,
      beta1: options.number('beta1'),
      beta2: options.number('beta2'),
      weightDecay: options.number('weight_decay'),
    }),
  scalar: scalarRule(
    { m: 0 },
    (options) =>
      ({ p, g, t }, { m }) =>
        lionUpdate(p, g, m, {
          alpha: options.rate(t - 1),
          beta1: options.number('beta1'),
          beta2: options.number('beta2'),
          lambda: options.number('weight_decay'),
        }),
  ),
};

test.each([...goldenCases({ source: 'Optax', file: optax, inputs, rule: 'lion', ...golden })])(
  '$title',
  ({ run }) => run(),
);

test.each([
  [{ beta1: 1 }, 'lion: beta1 must be a number in [0, 1), got 1.'],
  [{ weightDecay: -1 }, 'lion: weightDecay must be a finite number of at least 0, got -1.'],
])('refuses %o', (options, message) => {
  expect(() => lion(options)).toThrow(message);
});
