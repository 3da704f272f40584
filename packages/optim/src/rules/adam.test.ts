// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { init, Parameter, tensor } from '@tapeloop/core';
import { closeTo, cosines, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chain } from '../chain.ts';
import { goldenCases, scalarRule } from '../golden-cases-testing.ts';
import type { GoldenInputs, GoldenRuns } from '../golden-trajectories-testing.ts';
import { Optimizer } from '../optimizer.ts';
import { optimizerContract } from '../optimizer-contract-testing.ts';
import { constant } from '../schedules/schedule.ts';
import { warmupCosine } from '../schedules/warmup-cosine.ts';
import { weightDecay } from '../transforms/weight-decay.ts';
import { adam, adamUpdate } from './adam.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

describe('contract', () => {
  const cases = optimizerContract({
    make: () =>
      adam({
        learningRate: warmupCosine({ peak: 0.05, warmupSteps: 2, totalSteps: 30, start: 0.01 }),
      }),
    quadratic: { make: () => adam({ learningRate: 0.1 }), steps: 300 },
    rosenbrock: { make: () => adam({ learningRate: 0.02 }), steps: 3000 },
    network: { make: () => adam({ learningRate: 0.05 }), steps: 400 },
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
  make: (options) =>
    chain(
      weightDecay(options.optional('weight_decay')),
      adam({ learningRate: options.rate, ...options.adam }),
    ),
  scalar: scalarRule({ m: 0, v: 0 }, (options) => ({ p, g, t }, kept) => {
    const decayed = g + options.optional('weight_decay') * p;
    return adamUpdate(decayed, kept, { alpha: options.rate(t - 1), ...options.adam, t });
  }),
};

test.each([
  ...goldenCases({ source: 'PyTorch', file: pytorchBase, inputs, rule: 'adam', ...golden }),
  ...goldenCases({ source: 'PyTorch', file: pytorch, inputs, rule: 'adam', ...golden }),
  ...goldenCases({ source: 'Optax', file: optax, inputs, rule: 'adam', ...golden }),
])('$title', ({ run }) => run());

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

  test.each([
    [{ beta1: 1 }, 'adam: beta1 must be a number in [0, 1), got 1.'],
    [{ beta2: -0.1 }, 'adam: beta2 must be a number in [0, 1), got -0.1.'],
    [{ beta2: Number.NaN }, 'adam: beta2 must be a number in [0, 1), got NaN.'],
    [{ epsilon: 0 }, 'adam: epsilon must be a finite number above 0, got 0.'],
    [{ learningRate: -1 }, 'adam: learningRate must be a finite number of at least 0, got -1.'],
  ])('refuses %o', (options, message) => {
    expect(() => adam(options)).toThrow(message);
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
