// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { init, Parameter, tensor } from '@tapeloop/core';
import { closeTo, cosines, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Optimizer } from '../optimizer.ts';
import { warmupCosine } from '../schedules/warmup-cosine.ts';
import {
  type GoldenTrajectories,
  rateAtStep,
  scalarTrajectoryOf,
  trajectoryOf,
} from '../testing/golden-trajectories.ts';
import { optimizerContract } from '../testing/optimizer-contract.ts';
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
  });
  test.each(cases)('$title', ({ run }) => run());
});

describe("PyTorch's torch.optim.SGD", () => {
  const file = new URL('../../../../conformance/pytorch/optimizers.json', import.meta.url);
  const golden: GoldenTrajectories = JSON.parse(readFileSync(file, 'utf8'));
  const runs = golden.runs.filter(({ rule }) => rule === 'sgd');

  test('has four runs', () => expect(runs).toHaveLength(4));

  test.each(runs)('$name: sgdUpdate follows it for 200 steps to 1e-12', (run) => {
    const { momentum: mu = 0, nesterov = false, parameters } = run;
    const directions = golden.start.map(() => 0);
    const reached = scalarTrajectoryOf(golden, (i, g, step) => {
      const alpha = rateAtStep(run, step);
      const { b, update } = sgdUpdate(g, directions[i] ?? 0, { alpha, mu, nesterov });
      directions[i] = b;
      return update;
    });
    closeTo(reached, parameters.flat(), { relative: 1e-12, absolute: 1e-12 });
  });

  test.each(runs)('$name: sgd follows it for 200 steps to 1e-5', (run) => {
    const { momentum = 0, nesterov = false, parameters } = run;
    const learningRate = (step: number) => rateAtStep(run, step);
    const reached = trajectoryOf(golden, sgd({ learningRate, momentum, nesterov }));
    closeTo(reached, parameters.flat(), { relative: 1e-5, absolute: 1e-5 });
  });
});

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
