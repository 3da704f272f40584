// SPDX-License-Identifier: Apache-2.0
import { changingRate } from '../contract-fixtures-testing.ts';
import { adamRefusals, testRule } from '../rule-suite-testing.ts';
import type { AdamOptions } from './adam.ts';
import { type AmsgradMoments, amsgrad, amsgradUpdate } from './amsgrad.ts';

testRule<Required<AdamOptions>, AmsgradMoments>({
  rule: 'amsgrad',
  libraries: ['PyTorch', 'Optax'],
  make: amsgrad,
  scalar: {
    first: () => ({ m: 0, v: 0, vMax: 0 }),
    step: ({ g, t, alpha }, kept, options) => amsgradUpdate(g, kept, { ...options, alpha, t }),
  },
  contract: {
    make: () => amsgrad({ learningRate: changingRate }),
    quadratic: { make: () => amsgrad({ learningRate: 0.1 }), steps: 400 },
    rosenbrock: { make: () => amsgrad({ learningRate: 0.1 }), steps: 6000 },
    network: { make: () => amsgrad({ learningRate: 0.05 }), steps: 400 },
  },
  refusals: adamRefusals('amsgrad', amsgrad),
});
