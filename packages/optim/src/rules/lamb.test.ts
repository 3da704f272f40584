// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { init } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { goldenCases } from '../golden-cases-testing.ts';
import type { GoldenInputs, GoldenRuns } from '../golden-trajectories-testing.ts';
import { optimizerContract } from '../optimizer-contract-testing.ts';
import { cosineDecay } from '../schedules/cosine.ts';
import { lamb, trustRatio } from './lamb.ts';

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
    make: () => lamb({ learningRate: 0.01, weightDecay: 0.2 }),
    quadratic: {
      make: () => lamb({ learningRate: cosineDecay({ initial: 0.1, steps: 400 }) }),
      steps: 400,
    },
    rosenbrock: {
      make: () => lamb({ learningRate: cosineDecay({ initial: 0.02, steps: 6000 }) }),
      steps: 6000,
    },
    network: { make: () => lamb({ learningRate: 0.02 }), steps: 600 },
  });
  test.each(cases)('$title', ({ run }) => run());
});

const golden: Pick<Parameters<typeof goldenCases>[0], 'make' | 'scalar'> = {
  make: (options) =>
    lamb({
      learningRate: options.rate,
      ...options.adam,
      weightDecay: options.number('weight_decay'),
    }),
};

test.each([...goldenCases({ source: 'Optax', file: optax, inputs, rule: 'lamb', ...golden })])(
  '$title',
  ({ run }) => run(),
);

test.each([
  [{ beta1: 1 }, 'lamb: beta1 must be a number in [0, 1), got 1.'],
  [{ epsilon: 0 }, 'lamb: epsilon must be a finite number above 0, got 0.'],
  [{ learningRate: -1 }, 'lamb: learningRate must be a finite number of at least 0, got -1.'],
  [{ weightDecay: -1 }, 'lamb: weightDecay must be a finite number of at least 0, got -1.'],
])('refuses %o', (options, message) => {
  expect(() => lamb(options)).toThrow(message);
});

test('the trust ratio is 1 where a norm is 0', () => {
  expect([trustRatio(0, 3), trustRatio(3, 0), trustRatio(3, 4)]).toEqual([1, 1, 0.75]);
});
