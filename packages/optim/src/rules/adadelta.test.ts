// SPDX-License-Identifier: Apache-2.0
import { testRule } from '../rule-suite-testing.ts';
import { cosineDecay } from '../schedules/cosine.ts';
import {
  type AdadeltaMoments,
  type AdadeltaOptions,
  adadelta,
  adadeltaUpdate,
} from './adadelta.ts';

testRule<Required<AdadeltaOptions>, AdadeltaMoments>({
  rule: 'adadelta',
  libraries: ['PyTorch', 'Optax'],
  make: adadelta,
  scalar: {
    first: () => ({ squares: 0, deltas: 0 }),
    step: ({ g, alpha }, kept, options) => adadeltaUpdate(g, kept, { ...options, alpha }),
  },
  contract: {
    make: () => adadelta({ learningRate: 0.5, rho: 0.9 }),
    quadratic: {
      make: () => adadelta({ learningRate: cosineDecay({ initial: 1, steps: 1500 }) }),
      steps: 1500,
    },
    rosenbrock: {
      make: () => adadelta({ learningRate: cosineDecay({ initial: 1, steps: 12000 }) }),
      steps: 12000,
    },
    network: { make: () => adadelta({ learningRate: 3 }), steps: 1500 },
  },
  refusals: [
    [() => adadelta({ rho: 1 }), 'adadelta: rho must be a number in [0, 1), got 1.'],
    [() => adadelta({ epsilon: 0 }), 'adadelta: epsilon must be a finite number above 0, got 0.'],
  ],
});
