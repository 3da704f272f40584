// SPDX-License-Identifier: Apache-2.0
import { testRule } from '../rule-suite-testing.ts';
import { type AdagradOptions, adagrad, adagradUpdate } from './adagrad.ts';

testRule<Required<AdagradOptions>, { readonly s: number }>({
  rule: 'adagrad',
  libraries: ['PyTorch', 'Optax'],
  make: adagrad,
  scalar: {
    first: ({ initialAccumulator }) => ({ s: initialAccumulator }),
    step: ({ g, alpha }, { s }, { epsilon }) => adagradUpdate(g, s, { alpha, epsilon }),
  },
  contract: {
    make: () => adagrad({ learningRate: 0.1, initialAccumulator: 0.1 }),
    quadratic: { make: () => adagrad({ learningRate: 0.5 }), steps: 400 },
    rosenbrock: { make: () => adagrad({ learningRate: 0.5 }), steps: 6000 },
    network: { make: () => adagrad({ learningRate: 0.3 }), steps: 600 },
  },
  refusals: [
    [
      () => adagrad({ initialAccumulator: -1 }),
      'adagrad: initialAccumulator must be a finite number of at least 0, got -1.',
    ],
    [() => adagrad({ epsilon: 0 }), 'adagrad: epsilon must be a finite number above 0, got 0.'],
  ],
});
