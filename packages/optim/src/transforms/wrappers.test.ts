// SPDX-License-Identifier: Apache-2.0
import { init, Parameter, tensor } from '@tapeloop/core';
import { closeTo, cosines, sines, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chain } from '../chain.ts';
import { goldenCases } from '../golden-cases-testing.ts';
import { Optimizer } from '../optimizer.ts';
import { optimizerContract } from '../optimizer-contract-testing.ts';
import { type AdamOptions, adam } from '../rules/adam.ts';
import { type NadamOptions, nadam } from '../rules/nadam.ts';
import { sgd } from '../rules/sgd.ts';
import type { Schedule } from '../schedules/schedule.ts';
import { accumulateGradients } from './accumulate.ts';
import { adaptiveClip } from './adaptive-clip.ts';
import { averageParameters } from './average-parameters.ts';
import { clipByGlobalNorm } from './clip-by-global-norm.ts';
import { clipByValue } from './clip-by-value.ts';
import { gradientNoise } from './gradient-noise.ts';
import { lookahead } from './lookahead.ts';
import { parameterGroups } from './parameter-groups.ts';
import { decoupledWeightDecay, weightDecay } from './weight-decay.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

interface Rated {
  readonly learningRate: number | Schedule;
}

test.each([
  ...goldenCases<Rated & { limit: number }, never>({
    rule: 'clipByValue',
    make: ({ learningRate, limit }) => chain(clipByValue(limit), sgd({ learningRate })),
  }),
  ...goldenCases<Rated & { maxNorm: number }, never>({
    rule: 'clipByGlobalNorm',
    make: ({ learningRate, maxNorm }) => chain(clipByGlobalNorm(maxNorm), sgd({ learningRate })),
  }),
  ...goldenCases<Rated & { clipping: number }, never>({
    rule: 'adaptiveClip',
    make: ({ learningRate, clipping }) => chain(adaptiveClip({ clipping }), sgd({ learningRate })),
  }),
  ...goldenCases<Required<NadamOptions> & { weightDecay: number }, never>({
    rule: 'decoupledWeightDecay',
    make: ({ weightDecay: decay, ...options }) => {
      const { learningRate } = options;
      return chain(nadam(options), decoupledWeightDecay({ learningRate, weightDecay: decay }));
    },
  }),
  ...goldenCases<Required<AdamOptions> & { steps: number }, never>({
    rule: 'accumulateGradients',
    make: ({ steps, ...options }) => accumulateGradients(steps, adam(options)),
  }),
  ...goldenCases<Required<AdamOptions> & { syncPeriod: number; slowStepSize: number }, never>({
    rule: 'lookahead',
    make: ({ syncPeriod, slowStepSize, ...options }) => {
      return lookahead(adam(options), { syncPeriod, slowStepSize });
    },
  }),
])('$title', ({ run }) => run());

describe('contract of everything at once', () => {
  const make = (learningRate: number) => () =>
    chain(
      clipByValue(300),
      gradientNoise({ seed: 4, eta: 1e-8 }),
      weightDecay(1e-6, { mask: ({ shape }) => shape.length > 1 }),
      parameterGroups(
        {
          name: 'matrices',
          where: ({ shape }) => shape.length > 1,
          transform: lookahead(adam({ learningRate })),
        },
        { name: 'rest', transform: chain(adaptiveClip({ clipping: 1e6 }), adam({ learningRate })) },
      ),
      averageParameters({ decay: 0.9 }),
    );
  const cases = optimizerContract({
    make: make(0.05),
    quadratic: { make: make(0.1), steps: 500 },
    rosenbrock: { make: make(0.02), steps: 4000 },
    network: { make: make(0.05), steps: 600 },
  });
  test.each(cases)('$title', ({ run }) => run());
});

describe('accumulateGradients', () => {
  test('leaves the parameters to the bit in between, and equals one step with the mean', () => {
    const [x, y] = [new Parameter('x', cosines([5])), new Parameter('y', cosines([5]))];
    const small = new Optimizer([x], accumulateGradients(3, sgd({ learningRate: 0.5 })));
    const large = new Optimizer([y], sgd({ learningRate: 0.5 }));
    const parts = [0, 1, 2].map((start) => sines([5], { start }));
    for (const part of parts.slice(0, 2)) small.step(new Map([[x, part]]));
    expect(x.value.data()).toEqual(y.value.data());
    for (const part of parts.slice(2)) small.step(new Map([[x, part]]));
    const mean = [0, 1, 2, 3, 4].map(
      (i) => parts.reduce((sum, part) => sum + (part.data()[i] ?? 0), 0) / 3,
    );
    large.step(new Map([[y, tensor(mean)]]));
    closeTo(x.value, y.value, { relative: 1e-6 });
    for (const one of [small, large]) one.dispose();
    for (const one of [x, y]) one.dispose();
  });

  test('goes on in the middle of a large batch after a restore, bit for bit', () => {
    const make = () => accumulateGradients(4, adam({ learningRate: 0.1 }));
    const [x, y] = [new Parameter('x', cosines([5])), new Parameter('x', cosines([5]))];
    const [first, second] = [new Optimizer([x], make()), new Optimizer([y], make())];
    for (let step = 0; step < 6; step++) first.step(new Map([[x, sines([5], { start: step })]]));
    y.assign(x.value);
    second.restore(first.state());
    for (let step = 6; step < 9; step++) {
      first.step(new Map([[x, sines([5], { start: step })]]));
      second.step(new Map([[y, sines([5], { start: step })]]));
    }
    expect(y.value.data()).toEqual(x.value.data());
    for (const one of [first, second]) one.dispose();
    for (const one of [x, y]) one.dispose();
  });

  test('refuses 0 steps', () => {
    expect(() => accumulateGradients(0, adam())).toThrow(
      'accumulateGradients: steps must be a whole number of at least 1, got 0.',
    );
  });
});

test.each([
  [() => lookahead(adam(), { syncPeriod: 0 }), 'lookahead: syncPeriod must be a whole number'],
  [
    () => lookahead(adam(), { slowStepSize: 0 }),
    'lookahead: slowStepSize must be a number above 0',
  ],
  [
    () => averageParameters({ decay: 1 }),
    'averageParameters: decay must be a number in [0, 1), got',
  ],
  [() => adaptiveClip({ clipping: 0 }), 'adaptiveClip: clipping must be a finite number above 0'],
  [() => clipByValue(0), 'clipByValue: limit must be a number above 0, got 0.'],
  [() => weightDecay(-1), 'weightDecay: lambda must be a finite number of at least 0, got -1.'],
])('refuses what is out of range: %s', (make, message) => {
  expect(make).toThrow(message);
});

test('a decay that leaves [0, 1] is an error that names the step', () => {
  const x = new Parameter('x', cosines([2]));
  const optimizer = new Optimizer([x], averageParameters({ decay: () => 2 }));
  optimizer.step(new Map([[x, sines([2])]]));
  expect(() => optimizer.step(new Map([[x, sines([2])]]))).toThrow(
    'averageParameters: decay(1) must be a number from 0 to 1, got 2.',
  );
  optimizer.dispose();
  x.dispose();
});
