// SPDX-License-Identifier: Apache-2.0
import { Parameter } from '@tapeloop/core';
import { cosines, sines } from '@tapeloop/core/testing';
import { expect, test } from 'vitest';
import { changingRate } from '../contract-fixtures-testing.ts';
import { Optimizer } from '../optimizer.ts';
import { adamRefusals, testRule } from '../rule-suite-testing.ts';
import { type AdamMoments, adam } from './adam.ts';
import { type AdamwOptions, adamw, adamwUpdate } from './adamw.ts';

testRule<Required<Omit<AdamwOptions, 'mask'>>, AdamMoments>({
  rule: 'adamw',
  libraries: ['PyTorch', 'Optax'],
  make: adamw,
  scalar: {
    first: () => ({ m: 0, v: 0 }),
    step: ({ p, g, t, alpha }, kept, options) => {
      return adamwUpdate(p, g, kept, { ...options, alpha, t, lambda: options.weightDecay });
    },
  },
  contract: {
    make: () =>
      adamw({
        weightDecay: 0.2,
        mask: ({ shape }) => shape.length > 0,
        learningRate: changingRate,
      }),
    quadratic: { make: () => adamw({ learningRate: 0.1, weightDecay: 0 }), steps: 300 },
    rosenbrock: { make: () => adamw({ learningRate: 0.02, weightDecay: 0 }), steps: 3000 },
    network: { make: () => adamw({ learningRate: 0.05, weightDecay: 1e-4 }), steps: 400 },
  },
  refusals: [
    ...adamRefusals('adamw', adamw),
    [
      () => adamw({ weightDecay: -1 }),
      'adamw: weightDecay must be a finite number of at least 0, got -1.',
    ],
  ],
});

test('the mask leaves parameters to plain Adam, to the bit', () => {
  const finals = [adam({ learningRate: 0.1 }), adamw({ learningRate: 0.1, mask: () => false })].map(
    (transform) => {
      const x = new Parameter('x', cosines([7]));
      const optimizer = new Optimizer([x], transform);
      for (let step = 0; step < 5; step++)
        optimizer.step(new Map([[x, sines([7], { start: step })]]));
      const final = x.value.data();
      optimizer.dispose();
      x.dispose();
      return final;
    },
  );
  expect(finals[0]).toEqual(finals[1]);
});
