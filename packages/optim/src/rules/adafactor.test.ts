// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { init, Parameter } from '@tapeloop/core';
import { cosines, sines, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { goldenCases } from '../golden-cases-testing.ts';
import type { GoldenInputs, GoldenRuns } from '../golden-trajectories-testing.ts';
import { Optimizer } from '../optimizer.ts';
import { optimizerContract } from '../optimizer-contract-testing.ts';
import { cosineDecay } from '../schedules/cosine.ts';
import { adafactor } from './adafactor.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const read = (path: string) =>
  JSON.parse(readFileSync(new URL(`../../../../conformance/${path}`, import.meta.url), 'utf8'));
const inputs: GoldenInputs = read('pytorch/optimizers.json');
const pytorch: GoldenRuns = read('pytorch/optimizer-rules.json');

describe('contract', () => {
  const cases = optimizerContract({
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
  });
  test.each(cases)('$title', ({ run }) => run());
});

const golden: Pick<Parameters<typeof goldenCases>[0], 'make' | 'scalar'> = {
  make: (options) => {
    const [epsilon1 = 0, epsilon2 = 0] = options.list('eps');
    return adafactor({
      learningRate: options.rate,
      beta2Decay: options.number('beta2_decay'),
      epsilon1,
      epsilon2,
      clipThreshold: options.number('d'),
      weightDecay: options.number('weight_decay'),
    });
  },
};

test.each([
  ...goldenCases({ source: 'PyTorch', file: pytorch, inputs, rule: 'adafactor', ...golden }),
])('$title', ({ run }) => run());

test.each([
  [{ beta2Decay: 0 }, 'adafactor: beta2Decay must be a finite number below 0, got 0.'],
  [{ epsilon1: 0 }, 'adafactor: epsilon1 must be a finite number above 0, got 0.'],
  [{ clipThreshold: 0 }, 'adafactor: clipThreshold must be a finite number above 0, got 0.'],
])('refuses %o', (options, message) => {
  expect(() => adafactor(options)).toThrow(message);
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
