// SPDX-License-Identifier: Apache-2.0
import { testRule } from '../rule-suite-testing.ts';
import type { Schedule } from '../schedules/schedule.ts';
import { asgd, asgdNumbers, asgdUpdate } from './asgd.ts';

interface Options {
  readonly learningRate: number | Schedule;
  readonly lambda: number;
  readonly power: number;
  readonly start: number;
}

testRule<Options, { readonly average: number }>({
  rule: 'asgd',
  libraries: ['PyTorch', 'Optax'],
  make: asgd,
  scalar: {
    first: () => ({ average: 0 }),
    step: ({ p, g, t, alpha }, { average }, options) => {
      return asgdUpdate(p, g, average, asgdNumbers({ alpha, t, start: options.start }, options));
    },
  },
  contract: {
    make: () => asgd({ learningRate: 0.01, lambda: 0.01, start: 3 }),
    quadratic: { make: () => asgd({ learningRate: 0.2 }), steps: 100 },
    rosenbrock: { make: () => asgd({ learningRate: 0.001 }), steps: 12000 },
    network: { make: () => asgd({ learningRate: 0.5 }), steps: 2000 },
  },
  refusals: [
    [() => asgd({ lambda: -1 }), 'asgd: lambda must be a finite number of at least 0, got -1.'],
    [() => asgd({ start: -1 }), 'asgd: start must be a finite number of at least 0, got -1.'],
  ],
});
