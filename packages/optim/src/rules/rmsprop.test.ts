// SPDX-License-Identifier: Apache-2.0
import { Parameter, tensor } from '@tapeloop/core';
import { expect, test } from 'vitest';
import { Optimizer } from '../optimizer.ts';
import { testRule } from '../rule-suite-testing.ts';
import { cosineDecay } from '../schedules/cosine.ts';
import { type RmspropMoments, type RmspropOptions, rmsprop, rmspropUpdate } from './rmsprop.ts';

testRule<Required<RmspropOptions>, RmspropMoments>({
  rule: 'rmsprop',
  libraries: ['PyTorch', 'Optax'],
  make: rmsprop,
  scalar: {
    first: () => ({ v: 0, mean: 0, b: 0 }),
    step: ({ g, alpha }, kept, options) => {
      return rmspropUpdate(g, kept, { ...options, alpha, mu: options.momentum });
    },
  },
  contract: {
    make: () => rmsprop({ centered: true, momentum: 0.5, learningRate: 0.01 }),
    quadratic: {
      make: () => rmsprop({ learningRate: cosineDecay({ initial: 0.1, steps: 400 }) }),
      steps: 400,
    },
    rosenbrock: {
      make: () => rmsprop({ learningRate: cosineDecay({ initial: 0.01, steps: 4000 }) }),
      steps: 4000,
    },
    network: { make: () => rmsprop({ learningRate: 0.01, momentum: 0.5 }), steps: 600 },
  },
  refusals: [
    [() => rmsprop({ rho: 1 }), 'rmsprop: rho must be a number in [0, 1), got 1.'],
    [() => rmsprop({ momentum: -1 }), 'rmsprop: momentum must be a number in [0, 1), got -1.'],
    [() => rmsprop({ epsilon: 0 }), 'rmsprop: epsilon must be a finite number above 0, got 0.'],
  ],
});

test('the centered variance of a constant gradient stays a number', () => {
  const x = new Parameter('x', tensor([1]));
  const optimizer = new Optimizer([x], rmsprop({ centered: true }));
  for (let step = 0; step < 500; step++) optimizer.step(new Map([[x, tensor([0.7])]]));
  expect(x.value.item()).not.toBeNaN();
  expect(optimizer.state().tensors.get('rmsprop/v/x')?.item()).toBeGreaterThanOrEqual(0);
  optimizer.dispose();
  x.dispose();
});
