// SPDX-License-Identifier: Apache-2.0
import { init, Parameter } from '@tapeloop/core';
import { closeTo, cosines, sines, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chain } from './chain.ts';
import { followScalar, type ScalarRule } from './golden-trajectories-testing.ts';
import { Optimizer } from './optimizer.ts';
import { adam, adamUpdate } from './rules/adam.ts';
import { adamw, adamwUpdate } from './rules/adamw.ts';
import { rmsprop, rmspropUpdate } from './rules/rmsprop.ts';
import { sgd, sgdUpdate } from './rules/sgd.ts';
import type { GradientTransform } from './transform.ts';
import { clipByGlobalNorm } from './transforms/clip-by-global-norm.ts';
import { inspect } from './transforms/inspect.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const SIZE = 1003;
const STEPS = 7;
const MAX_NORM = 3;
const adamNumbers = { beta1: 0.9, beta2: 0.99, epsilon: 1e-6 };
const rmspropNumbers = { rho: 0.9, epsilon: 1e-6 };

interface Kept {
  readonly m: number;
  readonly v: number;
  readonly b: number;
  readonly mean: number;
}

interface Fused {
  readonly name: string;
  readonly make: () => GradientTransform<unknown>;
  readonly scalar: ScalarRule<Kept>;
}

const alpha = 0.05;
const rules: Fused[] = [
  ...[
    { mu: 0, nesterov: false },
    { mu: 0.8, nesterov: false },
    { mu: 0.8, nesterov: true },
  ].map(({ mu, nesterov }) => ({
    name: `sgd, momentum ${mu}, nesterov ${nesterov}`,
    make: () => sgd({ learningRate: alpha, momentum: mu, nesterov }),
    scalar: ({ g }: { g: number }, kept: Kept) => {
      return { ...kept, ...sgdUpdate(g, kept.b, { alpha, mu, nesterov }) };
    },
  })),
  {
    name: 'adam',
    make: () => adam({ learningRate: alpha, ...adamNumbers }),
    scalar: ({ g, t }, kept) => ({ ...kept, ...adamUpdate(g, kept, { alpha, ...adamNumbers, t }) }),
  },
  {
    name: 'adamw',
    make: () => adamw({ learningRate: alpha, ...adamNumbers, weightDecay: 0.3 }),
    scalar: ({ p, g, t }, kept) => {
      return { ...kept, ...adamwUpdate(p, g, kept, { alpha, ...adamNumbers, lambda: 0.3, t }) };
    },
  },
  ...[0, 0.7].map((mu) => ({
    name: `rmsprop, momentum ${mu}`,
    make: () => rmsprop({ learningRate: alpha, ...rmspropNumbers, momentum: mu }),
    scalar: ({ g }: { g: number }, kept: Kept) => {
      const numbers = { alpha, ...rmspropNumbers, mu, centered: false };
      return { ...kept, ...rmspropUpdate(g, kept, numbers) };
    },
  })),
];

/** What a transform makes of two parameters in some steps, one of them empty. */
function reach(transform: GradientTransform<unknown>): Float32Array {
  const x = new Parameter('x', cosines([SIZE]));
  const empty = new Parameter('empty', cosines([0]));
  const optimizer = new Optimizer([x, empty], transform);
  for (let step = 0; step < STEPS; step++) {
    const gradient = sines([SIZE], { start: 5 * step, scale: 1 + step });
    optimizer.step(
      new Map([
        [x, gradient],
        [empty, cosines([0])],
      ]),
    );
  }
  const reached = Float32Array.from(x.value.data());
  optimizer.dispose();
  x.dispose();
  empty.dispose();
  return reached;
}

/** The same in float64, element by element, clipped when asked. */
function expectedOf(scalar: ScalarRule<Kept>, maxNorm = Number.POSITIVE_INFINITY): number[] {
  const elements = Array.from({ length: SIZE }, (_, i) => i);
  const gradients = Array.from({ length: STEPS }, (_, step) => {
    const gradient = elements.map((i) => Math.fround((1 + step) * Math.sin(5 * step + i)));
    const norm = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0));
    return gradient.map((g) => g * Math.min(1, maxNorm / norm));
  });
  const start = elements.map((i) => Math.fround(Math.cos(i)));
  const trajectory = { start, gradients, shape: [SIZE], sampled: [STEPS] };
  return followScalar(trajectory, { m: 0, v: 0, b: 0, mean: 0 }, scalar);
}

describe.each(rules)('$name, 7 steps of 1003 elements', ({ make, scalar }) => {
  test('is added to the parameter as the pure update says, to 2e-6', () => {
    closeTo(reach(make()), expectedOf(scalar), { relative: 2e-6, absolute: 2e-6 });
  });

  test('scales clipped gradients as it reads them, to 2e-6', () => {
    const expected = expectedOf(scalar, MAX_NORM);
    const bound = { relative: 2e-6, absolute: 2e-6 };
    closeTo(reach(chain(clipByGlobalNorm(MAX_NORM), make())), expected, bound);
  });

  test('gives updates of its own where something follows, to 2e-6 the same', () => {
    const seen: number[] = [];
    const look = inspect((updates) => seen.push(updates.size));
    const clip = clipByGlobalNorm(MAX_NORM);
    const reached = reach(chain(clip, make(), look));
    closeTo(reached, expectedOf(scalar, MAX_NORM), { relative: 2e-6, absolute: 2e-6 });
    expect(seen).toEqual(Array(STEPS).fill(2));
  });

  test('has a fused path', () => expect(chain(clipByGlobalNorm(1), make()).apply).toBeDefined());
});
