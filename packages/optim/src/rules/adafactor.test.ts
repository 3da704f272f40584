// SPDX-License-Identifier: Apache-2.0
import { Parameter } from '@tapeloop/core';
import { cosines, sines } from '@tapeloop/core/testing';
import { expect, test } from 'vitest';
import { Optimizer } from '../optimizer.ts';
import { testRule } from '../rule-suite-testing.ts';
import { cosineDecay } from '../schedules/cosine.ts';
import { type AdafactorOptions, adafactor } from './adafactor.ts';

testRule<Required<Omit<AdafactorOptions, 'mask'>>>({
  rule: 'adafactor',
  libraries: ['PyTorch', 'Optax'],
  make: adafactor,
  contract: {
    make: () => adafactor({ learningRate: 0.1, weightDecay: 0.1 }),
    quadratic: {
      make: () => adafactor({ learningRate: cosineDecay({ initial: 0.1, steps: 400 }) }),
      steps: 400,
      shape: [2, 3],
    },
    rosenbrock: {
      make: () => adafactor({ learningRate: cosineDecay({ initial: 0.02, steps: 6000 }) }),
      steps: 6000,
    },
    network: { make: () => adafactor({ learningRate: 0.05 }), steps: 600 },
  },
  refusals: [
    [
      () => adafactor({ beta2Decay: 0 }),
      'adafactor: beta2Decay must be a finite number below 0, got 0.',
    ],
    [
      () => adafactor({ epsilon1: 0 }),
      'adafactor: epsilon1 must be a finite number above 0, got 0.',
    ],
    [
      () => adafactor({ clipThreshold: 0 }),
      'adafactor: clipThreshold must be a finite number above 0, got 0.',
    ],
  ],
});

test('keeps a row and a column of each matrix of a stack, which are those of the matrix alone', () => {
  const stack = new Parameter('stack', cosines([2, 3, 4]));
  const halves = [0, 1].map((i) => new Parameter(`half${i}`, cosines([3, 4], { start: 12 * i })));
  const together = new Optimizer([stack, ...halves], adafactor());
  const whole = sines([2, 3, 4]);
  const parts = halves.map((half, i) => [half, sines([3, 4], { start: 12 * i })] as const);
  together.step(new Map([[stack, whole], ...parts]));
  const { tensors } = together.state();
  for (const what of ['rows', 'columns']) {
    const own = tensors.get(`adafactor/${what}/stack`);
    const expected = [0, 1].flatMap((i) => [
      ...(tensors.get(`adafactor/${what}/half${i}`)?.data() ?? []),
    ]);
    expect([...(own?.data() ?? [])]).toEqual(expected);
  }
  expect(tensors.has('adafactor/v/stack')).toBe(false);
  together.dispose();
  for (const parameter of [stack, ...halves]) parameter.dispose();
});
