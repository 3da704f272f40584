// SPDX-License-Identifier: Apache-2.0
import { changingRate } from '../contract-fixtures-testing.ts';
import { adamRefusals, testRule } from '../rule-suite-testing.ts';
import type { AdamOptions } from './adam.ts';
import { type AdamaxMoments, adamax, adamaxUpdate } from './adamax.ts';

testRule<Required<AdamOptions>, AdamaxMoments>({
  rule: 'adamax',
  libraries: ['PyTorch', 'Optax'],
  make: adamax,
  scalar: {
    first: () => ({ m: 0, u: 0 }),
    step: ({ g, t, alpha }, kept, options) => adamaxUpdate(g, kept, { ...options, alpha, t }),
  },
  contract: {
    make: () => adamax({ learningRate: changingRate }),
    quadratic: { make: () => adamax({ learningRate: 0.1 }), steps: 400 },
    rosenbrock: { make: () => adamax({ learningRate: 0.05 }), steps: 6000 },
    network: { make: () => adamax({ learningRate: 0.05 }), steps: 1000 },
  },
  refusals: adamRefusals('adamax', adamax),
});
