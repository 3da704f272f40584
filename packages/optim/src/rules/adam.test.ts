// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { init, Parameter, tensor } from '@tapeloop/core';
import { closeTo, cosines, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Optimizer } from '../optimizer.ts';
import { constant } from '../schedules/schedule.ts';
import { warmupCosine } from '../schedules/warmup-cosine.ts';
import {
  type GoldenTrajectories,
  rateAtStep,
  scalarTrajectoryOf,
  trajectoryOf,
} from '../testing/golden-trajectories.ts';
import { optimizerContract } from '../testing/optimizer-contract.ts';
import { type AdamMoments, adam, adamUpdate } from './adam.ts';

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
  });
  test.each(cases)('$title', ({ run }) => run());
});

describe("PyTorch's torch.optim.Adam", () => {
  const file = new URL('../../../../conformance/pytorch/optimizers.json', import.meta.url);
  const golden: GoldenTrajectories = JSON.parse(readFileSync(file, 'utf8'));
  const runs = golden.runs.filter(({ rule }) => rule === 'adam');

  test('has five runs', () => expect(runs).toHaveLength(5));

  test.each(runs)('$name: adamUpdate follows it for 200 steps to 1e-12', (run) => {
    const { beta1 = 0, beta2 = 0, eps: epsilon = 0, parameters } = run;
    const moments: AdamMoments[] = golden.start.map(() => ({ m: 0, v: 0 }));
    const reached = scalarTrajectoryOf(golden, (i, g, step) => {
      const numbers = { alpha: rateAtStep(run, step), beta1, beta2, epsilon, t: step + 1 };
      const { m, v, update } = adamUpdate(g, moments[i] ?? { m: 0, v: 0 }, numbers);
      moments[i] = { m, v };
      return update;
    });
    closeTo(reached, parameters.flat(), { relative: 1e-12, absolute: 1e-12 });
  });

  test.each(runs)('$name: adam follows it for 200 steps to 1e-5', (run) => {
    const { beta1 = 0, beta2 = 0, eps: epsilon = 0, parameters } = run;
    const learningRate = (step: number) => rateAtStep(run, step);
    const reached = trajectoryOf(golden, adam({ learningRate, beta1, beta2, epsilon }));
    closeTo(reached, parameters.flat(), { relative: 1e-5, absolute: 1e-5 });
  });
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
