// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { adamRefusals, testRule } from '../rule-suite-testing.ts';
import { cosineDecay } from '../schedules/cosine.ts';
import { type LambOptions, lamb, trustRatio } from './lamb.ts';

testRule<Required<Omit<LambOptions, 'mask'>>>({
  rule: 'lamb',
  libraries: ['Optax', 'Keras'],
  make: lamb,
  contract: {
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
  },
  refusals: [
    ...adamRefusals('lamb', lamb),
    [
      () => lamb({ weightDecay: -1 }),
      'lamb: weightDecay must be a finite number of at least 0, got -1.',
    ],
  ],
});

test('the trust ratio is 1 where a norm is 0', () => {
  expect([trustRatio(0, 3), trustRatio(3, 0), trustRatio(3, 4)]).toEqual([1, 1, 0.75]);
});
