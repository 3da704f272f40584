// SPDX-License-Identifier: Apache-2.0
import { testRule } from '../rule-suite-testing.ts';
import { cosineDecay } from '../schedules/cosine.ts';
import { type LionOptions, lion, lionUpdate } from './lion.ts';

testRule<Required<Omit<LionOptions, 'mask'>>, { readonly m: number }>({
  rule: 'lion',
  libraries: ['Optax', 'Keras'],
  make: lion,
  scalar: {
    first: () => ({ m: 0 }),
    step: ({ p, g, alpha }, { m }, options) => {
      return lionUpdate(p, g, m, { ...options, alpha, lambda: options.weightDecay });
    },
  },
  contract: {
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
  },
  refusals: [
    [() => lion({ beta1: 1 }), 'lion: beta1 must be a number in [0, 1), got 1.'],
    [
      () => lion({ weightDecay: -1 }),
      'lion: weightDecay must be a finite number of at least 0, got -1.',
    ],
  ],
});
