// SPDX-License-Identifier: Apache-2.0
import { init, Parameter, tensor } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { chain } from './chain.ts';
import { type GradientRow, gradientReport } from './gradient-report.ts';
import { Optimizer } from './optimizer.ts';
import { sgd } from './rules/sgd.ts';
import { inspect } from './transforms/inspect.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

test('tells norms by path, the largest first, and the update-to-weight ratio', () => {
  const small = new Parameter('a/small', tensor([1, 0, 0]));
  const large = new Parameter('b/large', tensor([6, 8]));
  const gradients = new Map([
    [small, tensor([0, 0.5, 0])],
    [large, tensor([3, 4])],
  ]);
  expect(gradientReport(gradients)).toEqual([
    { name: 'b/large', norm: 5, weightNorm: 10, ratio: 0.5, zeros: 0 },
    { name: 'a/small', norm: 0.5, weightNorm: 1, ratio: 0.5, zeros: 2 / 3 },
  ]);
  let rows: GradientRow[] = [];
  const look = inspect((updates) => {
    rows = gradientReport(updates);
  });
  const optimizer = new Optimizer([small, large], chain(sgd({ learningRate: 0.5 }), look));
  optimizer.step(gradients);
  expect(rows.map(({ name, ratio }) => [name, ratio])).toEqual([
    ['b/large', 0.25],
    ['a/small', 0.25],
  ]);
  optimizer.dispose();
  small.dispose();
  large.dispose();
});
