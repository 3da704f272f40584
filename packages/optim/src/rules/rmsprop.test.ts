// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { init, Parameter, tensor } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { goldenCases, scalarRule } from '../golden-cases-testing.ts';
import type { GoldenInputs, GoldenRuns } from '../golden-trajectories-testing.ts';
import { Optimizer } from '../optimizer.ts';
import { optimizerContract } from '../optimizer-contract-testing.ts';
import { cosineDecay } from '../schedules/cosine.ts';
import { rmsprop, rmspropUpdate } from './rmsprop.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const read = (path: string) =>
  JSON.parse(readFileSync(new URL(`../../../../conformance/${path}`, import.meta.url), 'utf8'));
const inputs: GoldenInputs = read('pytorch/optimizers.json');
const pytorch: GoldenRuns = read('pytorch/optimizer-rules.json');
const optax: GoldenRuns = read('optax/optimizers.json');

describe('contract', () => {
  const cases = optimizerContract({
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
  });
  test.each(cases)('$title', ({ run }) => run());
});

const golden: Pick<Parameters<typeof goldenCases>[0], 'make' | 'scalar'> = {
  make: (options) =>
    rmsprop({
      learningRate: options.rate,
      rho: options.number('alpha'),
      momentum: options.number('momentum'),
      epsilon: options.number('eps'),
      centered: options.is('centered'),
    }),
  scalar: scalarRule(
    { v: 0, mean: 0, b: 0 },
    (options) =>
      ({ g, t }, kept) =>
        rmspropUpdate(g, kept, {
          alpha: options.rate(t - 1),
          rho: options.number('alpha'),
          mu: options.number('momentum'),
          epsilon: options.number('eps'),
          centered: options.is('centered'),
        }),
  ),
};

test.each([
  ...goldenCases({ source: 'PyTorch', file: pytorch, inputs, rule: 'rmsprop', ...golden }),
  ...goldenCases({ source: 'Optax', file: optax, inputs, rule: 'rmsprop', ...golden }),
])('$title', ({ run }) => run());

test.each([
  [{ rho: 1 }, 'rmsprop: rho must be a number in [0, 1), got 1.'],
  [{ momentum: -1 }, 'rmsprop: momentum must be a number in [0, 1), got -1.'],
  [{ epsilon: 0 }, 'rmsprop: epsilon must be a finite number above 0, got 0.'],
])('refuses %o', (options, message) => {
  expect(() => rmsprop(options)).toThrow(message);
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
