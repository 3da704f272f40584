// SPDX-License-Identifier: Apache-2.0
import { Parameter, tensor } from '@tapeloop/core';
import { cosines } from '@tapeloop/core/testing';
import { describe, expect, test } from 'vitest';
import { chain } from '../chain.ts';
import { changingRate } from '../contract-fixtures-testing.ts';
import { goldenCases } from '../golden-cases-testing.ts';
import { Optimizer } from '../optimizer.ts';
import { type OptimizerContractOptions, optimizerContract } from '../optimizer-contract-testing.ts';
import { testRule } from '../rule-suite-testing.ts';
import { averageParameters } from '../transforms/average-parameters.ts';
import { weightDecay } from '../transforms/weight-decay.ts';
import { type SgdOptions, sgd, sgdUpdate } from './sgd.ts';

interface Options extends Required<SgdOptions> {
  readonly weightDecay: number;
}

testRule<Options, { readonly b: number }>({
  rule: 'sgd',
  libraries: ['PyTorch', 'Optax'],
  make: ({ weightDecay: decay, ...options }) => {
    return decay === 0 ? sgd(options) : chain(weightDecay(decay), sgd(options));
  },
  scalar: {
    first: () => ({ b: 0 }),
    step: ({ p, g, alpha }, { b }, { momentum: mu, nesterov, weightDecay: decay }) => {
      return sgdUpdate(g + decay * p, b, { alpha, mu, nesterov });
    },
  },
  contract: contractOf({ momentum: 0 }),
  refusals: [
    [
      () => sgd({ learningRate: Number.NaN }),
      'sgd: learningRate must be a finite number of at least 0, got NaN.',
    ],
    [
      () => sgd({ learningRate: 0.1, momentum: 1 }),
      'sgd: momentum must be a number in [0, 1), got 1.',
    ],
    [
      () => sgd({ learningRate: 0.1, nesterov: true }),
      'sgd: momentum must be above 0 with nesterov, got 0.',
    ],
  ],
});

describe.each([{ momentum: 0.9 }, { momentum: 0.9, nesterov: true }])('contract, %o', (options) => {
  test.each(optimizerContract(contractOf(options)))('$title', ({ run }) => run());
});

/** The contract of the form with these options. */
function contractOf(options: Omit<SgdOptions, 'learningRate'>): OptimizerContractOptions {
  const plain = options.momentum === 0;
  const make = (learningRate: SgdOptions['learningRate']) => () =>
    sgd({ learningRate, ...options });
  return {
    make: make(changingRate),
    quadratic: { make: make(0.2), steps: plain ? 100 : 200 },
    rosenbrock: { make: make(0.001), steps: plain ? 12000 : 900 },
    network: { make: make(plain ? 0.5 : 0.1), steps: 2000 },
  };
}

const averaged = goldenCases<{ learningRate: SgdOptions['learningRate']; decay: number }, never>({
  rule: 'averageParameters',
  make: ({ learningRate, decay }) => chain(sgd({ learningRate }), averageParameters({ decay })),
});
test.each(averaged)('$title', ({ run }) => run());

describe('sgd', () => {
  test('names its state sgd/momentum and sgd/step, and keeps no tensor without momentum', () => {
    const x = new Parameter('dense/bias', cosines([2]));
    const plain = new Optimizer([x], sgd({ learningRate: 0.1 }));
    expect([...plain.state().tensors.keys()]).toEqual([]);
    plain.dispose();
    const heavy = new Optimizer([x], sgd({ learningRate: 0.1, momentum: 0.5 }));
    heavy.step(new Map([[x, tensor([2, -4])]]));
    heavy.step(new Map([[x, tensor([1, 1])]]));
    const { tensors, scalars } = heavy.state();
    expect(scalars).toEqual({ iterations: 2, learningRateScale: 1, 'sgd/step': 2 });
    expect(tensors.get('sgd/momentum/dense/bias')?.toArray()).toEqual([2, -1]);
    heavy.dispose();
    x.dispose();
  });
});
