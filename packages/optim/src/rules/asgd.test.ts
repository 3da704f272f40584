// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { init } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { goldenCases, scalarRule } from '../golden-cases-testing.ts';
import type { GoldenInputs, GoldenRuns } from '../golden-trajectories-testing.ts';
import { optimizerContract } from '../optimizer-contract-testing.ts';
import { asgd, asgdNumbers, asgdUpdate } from './asgd.ts';

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
    make: () => asgd({ learningRate: 0.01, lambda: 0.01, start: 3 }),
    quadratic: { make: () => asgd({ learningRate: 0.2 }), steps: 100 },
    rosenbrock: { make: () => asgd({ learningRate: 0.001 }), steps: 12000 },
    network: { make: () => asgd({ learningRate: 0.5 }), steps: 2000 },
  });
  test.each(cases)('$title', ({ run }) => run());
});

const golden: Pick<Parameters<typeof goldenCases>[0], 'make' | 'scalar'> = {
  make: (options) =>
    asgd({
      learningRate: options.rate,
      lambda: options.number('lambd'),
      power: options.number('alpha'),
      start: options.number('t0'),
    }),
  scalar: scalarRule({ average: 0 }, (options) => ({ p, g, t }, { average }) => {
    const step = { alpha: options.rate(t - 1), t, start: options.number('t0') };
    const fixed = { lambda: options.number('lambd'), power: options.number('alpha') };
    return asgdUpdate(p, g, average, asgdNumbers(step, fixed));
  }),
};

test.each([...goldenCases({ source: 'PyTorch', file: pytorch, inputs, rule: 'asgd', ...golden })])(
  '$title',
  ({ run }) => run(),
);

test.each([
  [{ lambda: -1 }, 'asgd: lambda must be a finite number of at least 0, got -1.'],
  [{ start: -1 }, 'asgd: start must be a finite number of at least 0, got -1.'],
])('refuses %o', (options, message) => {
  expect(() => asgd(options)).toThrow(message);
});
