// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { init, Parameter, tensor } from '@tapeloop/core';
import { cosines, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chain } from '../chain.ts';
import { goldenCases, scalarRule } from '../golden-cases-testing.ts';
import type { GoldenInputs, GoldenRuns } from '../golden-trajectories-testing.ts';
import { Optimizer } from '../optimizer.ts';
import { optimizerContract } from '../optimizer-contract-testing.ts';
import { warmupCosine } from '../schedules/warmup-cosine.ts';
import { averageParameters } from '../transforms/average-parameters.ts';
import { weightDecay } from '../transforms/weight-decay.ts';
import { sgd, sgdUpdate } from './sgd.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const schedule = warmupCosine({ peak: 0.05, warmupSteps: 2, totalSteps: 30, start: 0.01 });

describe.each([
  { name: 'plain', momentum: 0, nesterov: false, quadraticSteps: 100, rosenbrockSteps: 12000 },
  { name: 'momentum', momentum: 0.9, nesterov: false, quadraticSteps: 200, rosenbrockSteps: 900 },
  { name: 'nesterov', momentum: 0.9, nesterov: true, quadraticSteps: 200, rosenbrockSteps: 900 },
])('contract, $name', ({ momentum, nesterov, quadraticSteps, rosenbrockSteps }) => {
  const make = (learningRate: number) => () => sgd({ learningRate, momentum, nesterov });
  const cases = optimizerContract({
    make: () => sgd({ learningRate: schedule, momentum, nesterov }),
    quadratic: { make: make(0.2), steps: quadraticSteps },
    rosenbrock: { make: make(0.001), steps: rosenbrockSteps },
    network: { make: make(momentum === 0 ? 0.5 : 0.1), steps: 2000 },
  });
  test.each(cases)('$title', ({ run }) => run());
});

const read = (path: string) =>
  JSON.parse(readFileSync(new URL(`../../../../conformance/${path}`, import.meta.url), 'utf8'));
const inputs: GoldenInputs = read('pytorch/optimizers.json');
const pytorchBase: GoldenRuns = read('pytorch/optimizers.json');
const pytorch: GoldenRuns = read('pytorch/optimizer-rules.json');
const optax: GoldenRuns = read('optax/optimizers.json');

const golden: Pick<Parameters<typeof goldenCases>[0], 'make' | 'scalar'> = {
  make: (options) => {
    const momentum = options.optional('momentum');
    return chain(
      weightDecay(options.optional('weight_decay')),
      sgd({ learningRate: options.rate, momentum, nesterov: options.is('nesterov') }),
    );
  },
  scalar: scalarRule({ b: 0 }, (options) => ({ p, g, t }, { b }) => {
    const mu = options.optional('momentum');
    const alpha = options.rate(t - 1);
    const decayed = g + options.optional('weight_decay') * p;
    return sgdUpdate(decayed, b, { alpha, mu, nesterov: options.is('nesterov') });
  }),
};

test.each([
  ...goldenCases({ source: 'PyTorch', file: pytorchBase, inputs, rule: 'sgd', ...golden }),
  ...goldenCases({ source: 'PyTorch', file: pytorch, inputs, rule: 'sgd', ...golden }),
  ...goldenCases({ source: 'Optax', file: optax, inputs, rule: 'sgd', ...golden }),
  ...goldenCases({
    source: 'PyTorch',
    file: pytorch,
    inputs,
    rule: 'sgd with ema',
    make: (options) =>
      chain(
        sgd({ learningRate: options.rate }),
        averageParameters({ decay: options.number('decay') }),
      ),
  }),
])('$title', ({ run }) => run());

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

  test.each([
    [
      { learningRate: Number.NaN },
      'sgd: learningRate must be a finite number of at least 0, got NaN.',
    ],
    [{ learningRate: 0.1, momentum: 1 }, 'sgd: momentum must be a number in [0, 1), got 1.'],
    [{ learningRate: 0.1, nesterov: true }, 'sgd: momentum must be above 0 with nesterov, got 0.'],
  ])('refuses %o', (options, message) => {
    expect(() => sgd(options)).toThrow(message);
  });
});
