// SPDX-License-Identifier: Apache-2.0
import { init } from '@tapeloop/core';
import { closeTo, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { changingRate } from '../contract-fixtures-testing.ts';
import { follow, followScalar } from '../golden-trajectories-testing.ts';
import { optimizerContract } from '../optimizer-contract-testing.ts';
import { adamRefusals, testRefusals } from '../rule-suite-testing.ts';
import { train } from '../sparse-training-testing.ts';
import { adam } from './adam.ts';
import { sparseAdam, sparseAdamUpdate } from './sparse-adam.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

describe('contract', () => {
  const cases = optimizerContract({
    make: () => sparseAdam({ learningRate: changingRate }),
    quadratic: { make: () => sparseAdam({ learningRate: 0.1 }), steps: 300 },
    rosenbrock: { make: () => sparseAdam({ learningRate: 0.02 }), steps: 3000 },
    network: { make: () => sparseAdam({ learningRate: 0.05 }), steps: 400 },
  });
  test.each(cases)('$title', ({ run }) => run());
});

test.each([1e-8, 1e-2])(
  'dense gradients with ε %d: 100 steps of the scalar update, to 1e-5',
  (epsilon) => {
    const options = { learningRate: 0.05, beta1: 0.8, beta2: 0.95, epsilon };
    const numbers = { ...options, alpha: 0.05 };
    const trajectory = {
      start: [1, -0.5, 0.25],
      gradients: Array.from({ length: 100 }, (_, t) =>
        [0, 1, 2].map((i) => 10 ** Math.sin(0.11 * t) * Math.cos(0.7 * t + i)),
      ),
      shape: [3],
      sampled: [1, 2, 10, 50, 100],
    };
    const expected = followScalar(trajectory, { m: 0, v: 0 }, ({ g, t }, kept) =>
      sparseAdamUpdate(g, kept, { ...numbers, t }),
    );
    closeTo(follow(trajectory, sparseAdam(options)).parameters, expected, { relative: 1e-5 });
  },
);

test('is not adam: rows without a gradient rest', () => {
  const lazy = train(() => sparseAdam({ learningRate: 0.05 }), true).values;
  const dense = train(() => adam({ learningRate: 0.05 }), false).values;
  const away = lazy.map((value, i) => Math.abs(value - (dense[i] ?? 0)));
  expect(Math.max(...away)).toBeGreaterThan(0.01);
});

testRefusals(adamRefusals('sparseAdam', sparseAdam));
