// SPDX-License-Identifier: Apache-2.0
import { Parameter, tensor } from '@tapeloop/core';
import { closeTo, cosines } from '@tapeloop/core/testing';
import { describe, expect, test } from 'vitest';
import { chain } from '../chain.ts';
import { changingRate } from '../contract-fixtures-testing.ts';
import { Optimizer } from '../optimizer.ts';
import { adamRefusals, testRule } from '../rule-suite-testing.ts';
import { constant } from '../schedules/schedule.ts';
import { weightDecay } from '../transforms/weight-decay.ts';
import { type AdamMoments, type AdamOptions, adam, adamUpdate } from './adam.ts';

interface Options extends Required<AdamOptions> {
  readonly weightDecay: number;
}

testRule<Options, AdamMoments>({
  rule: 'adam',
  libraries: ['PyTorch', 'Optax'],
  make: ({ weightDecay: decay, ...options }) => {
    return decay === 0 ? adam(options) : chain(weightDecay(decay), adam(options));
  },
  scalar: {
    first: () => ({ m: 0, v: 0 }),
    step: ({ p, g, t, alpha }, kept, options) => {
      return adamUpdate(g + options.weightDecay * p, kept, { ...options, alpha, t });
    },
  },
  contract: {
    make: () => adam({ learningRate: changingRate }),
    quadratic: { make: () => adam({ learningRate: 0.1 }), steps: 300 },
    rosenbrock: { make: () => adam({ learningRate: 0.02 }), steps: 3000 },
    network: { make: () => adam({ learningRate: 0.05 }), steps: 400 },
  },
  refusals: adamRefusals('adam', adam),
});

describe('adam', () => {
  test('the first step is the learning rate against the sign of the gradient, to 1e-6', () => {
    const x = new Parameter('x', cosines([4]));
    const optimizer = new Optimizer([x], adam({ learningRate: 0.01 }));
    const before = x.value.data();
    optimizer.step(new Map([[x, tensor([3, -0.002, 500, -1])]]));
    closeTo(
      x.value,
      [...before].map((value, i) => value + (i % 2 === 0 ? -0.01 : 0.01)),
      { relative: 0, absolute: 1e-6 },
    );
    optimizer.dispose();
    x.dispose();
  });

  test('reads its schedule at steps 0, 1, 2', () => {
    const seen: number[] = [];
    const x = new Parameter('x', cosines([2]));
    const learningRate = (step: number) => {
      seen.push(step);
      return 0.1;
    };
    const optimizer = new Optimizer([x], adam({ learningRate }));
    for (let step = 0; step < 3; step++) optimizer.step(new Map([[x, cosines([2])]]));
    expect(seen).toEqual([0, 1, 2]);
    optimizer.dispose();
    x.dispose();
  });

  test('names its state adam/m, adam/v and adam/step', () => {
    const x = new Parameter('rnn/cell0/kernel', cosines([2]));
    const optimizer = new Optimizer([x], adam({ learningRate: constant(0.1) }));
    optimizer.step(new Map([[x, tensor([2, -4])]]));
    const { tensors, scalars } = optimizer.state();
    expect([...tensors.keys()]).toEqual(['adam/m/rnn/cell0/kernel', 'adam/v/rnn/cell0/kernel']);
    expect(scalars).toEqual({ iterations: 1, learningRateScale: 1, 'adam/step': 1 });
    closeTo(tensors.get('adam/m/rnn/cell0/kernel') ?? [], [0.2, -0.4]);
    closeTo(tensors.get('adam/v/rnn/cell0/kernel') ?? [], [0.004, 0.016]);
    optimizer.dispose();
    x.dispose();
  });

  test('a schedule that gives NaN is an error, and nothing has changed', () => {
    const x = new Parameter('x', cosines([2]));
    const optimizer = new Optimizer([x], adam({ learningRate: () => Number.NaN }));
    const before = x.value.data();
    expect(() => optimizer.step(new Map([[x, cosines([2])]]))).toThrow(
      'adam: learningRate(0) must be a finite number of at least 0, got NaN.',
    );
    expect(x.value.data()).toEqual(before);
    expect(optimizer.state().scalars).toEqual({
      iterations: 0,
      learningRateScale: 1,
      'adam/step': 0,
    });
    optimizer.dispose();
    x.dispose();
  });
});
