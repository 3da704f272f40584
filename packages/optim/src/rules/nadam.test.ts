// SPDX-License-Identifier: Apache-2.0
import { changingRate } from '../contract-fixtures-testing.ts';
import { adamRefusals, testRule } from '../rule-suite-testing.ts';
import type { AdamMoments } from './adam.ts';
import { type NadamOptions, nadam, nadamNumbers, nadamUpdate } from './nadam.ts';

interface Kept extends AdamMoments {
  readonly muProduct: number;
}

testRule<Required<NadamOptions>, Kept>({
  rule: 'nadam',
  libraries: ['PyTorch', 'Optax'],
  make: nadam,
  scalar: {
    first: () => ({ m: 0, v: 0, muProduct: 1 }),
    step: ({ g, t, alpha }, kept, options) => {
      const numbers = nadamNumbers({ alpha, t, muProduct: kept.muProduct }, options);
      return { ...nadamUpdate(g, kept, numbers), muProduct: numbers.muProduct };
    },
  },
  contract: {
    make: () => nadam({ learningRate: changingRate }),
    quadratic: { make: () => nadam({ learningRate: 0.1 }), steps: 400 },
    rosenbrock: { make: () => nadam({ learningRate: 0.02 }), steps: 4000 },
    network: { make: () => nadam({ learningRate: 0.05 }), steps: 400 },
  },
  refusals: [
    ...adamRefusals('nadam', nadam),
    [
      () => nadam({ momentumDecay: -1 }),
      'nadam: momentumDecay must be a finite number of at least 0, got -1.',
    ],
  ],
});
