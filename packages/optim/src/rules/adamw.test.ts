// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { init, Parameter } from '@tapeloop/core';
import { cosines, sines, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { goldenCases, scalarRule } from '../golden-cases-testing.ts';
import type { GoldenInputs, GoldenRuns } from '../golden-trajectories-testing.ts';
import { Optimizer } from '../optimizer.ts';
import { optimizerContract } from '../optimizer-contract-testing.ts';
import { warmupCosine } from '../schedules/warmup-cosine.ts';
import { adam } from './adam.ts';
import { adamw, adamwUpdate } from './adamw.ts';

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
    make: () =>
      adamw({
        weightDecay: 0.2,
        mask: ({ shape }) => shape.length > 0,
        learningRate: warmupCosine({ peak: 0.05, warmupSteps: 2, totalSteps: 30, start: 0.01 }),
      }),
    quadratic: { make: () => adamw({ learningRate: 0.1, weightDecay: 0 }), steps: 300 },
    rosenbrock: { make: () => adamw({ learningRate: 0.02, weightDecay: 0 }), steps: 3000 },
    network: { make: () => adamw({ learningRate: 0.05, weightDecay: 1e-4 }), steps: 400 },
  });
  test.each(cases)('$title', ({ run }) => run());
});

const golden: Pick<Parameters<typeof goldenCases>[0], 'make' | 'scalar'> = {
  make: (options) =>
    adamw({
      learningRate: options.rate,
      ...options.adam,
      weightDecay: options.number('weight_decay'),
    }),
  scalar: scalarRule({ m: 0, v: 0 }, (options) => ({ p, g, t }, kept) => {
    const lambda = options.number('weight_decay');
    return adamwUpdate(p, g, kept, { alpha: options.rate(t - 1), ...options.adam, lambda, t });
  }),
};

test.each([
  ...goldenCases({ source: 'PyTorch', file: pytorch, inputs, rule: 'adamw', ...golden }),
  ...goldenCases({ source: 'Optax', file: optax, inputs, rule: 'adamw', ...golden }),
])('$title', ({ run }) => run());

test.each([
  [{ beta1: 1 }, 'adamw: beta1 must be a number in [0, 1), got 1.'],
  [{ epsilon: 0 }, 'adamw: epsilon must be a finite number above 0, got 0.'],
  [{ learningRate: -1 }, 'adamw: learningRate must be a finite number of at least 0, got -1.'],
  [{ weightDecay: -1 }, 'adamw: weightDecay must be a finite number of at least 0, got -1.'],
])('refuses %o', (options, message) => {
  expect(() => adamw(options)).toThrow(message);
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
