// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { changingRate } from '../contract-fixtures-testing.ts';
import { adamRefusals, testRule } from '../rule-suite-testing.ts';
import { constant } from '../schedules/schedule.ts';
import { warmup } from '../schedules/warmup.ts';
import type { AdamMoments, AdamOptions } from './adam.ts';
import { radam, radamUpdate, rectification } from './radam.ts';

testRule<Required<AdamOptions>, AdamMoments>({
  rule: 'radam',
  libraries: ['PyTorch', 'Optax'],
  make: radam,
  scalar: {
    first: () => ({ m: 0, v: 0 }),
    step: ({ g, t, alpha }, kept, options) => radamUpdate(g, kept, { ...options, alpha, t }),
  },
  contract: {
    make: () => radam({ learningRate: changingRate }),
    quadratic: { make: () => radam({ learningRate: 0.1 }), steps: 400 },
    rosenbrock: {
      make: () => radam({ learningRate: warmup(constant(0.02), { steps: 200 }) }),
      steps: 4000,
    },
    network: { make: () => radam({ learningRate: 0.05 }), steps: 400 },
  },
  refusals: adamRefusals('radam', radam),
});

test('the rectification starts at step 6 with β₂ = 0.999 and comes to 1', () => {
  expect([1, 2, 3, 4, 5].map((t) => rectification(0.999, t))).toEqual(Array(5).fill(undefined));
  expect(rectification(0.999, 6)).toBeGreaterThan(0);
  expect(rectification(0.999, 100_000)).toBeCloseTo(1, 6);
});
