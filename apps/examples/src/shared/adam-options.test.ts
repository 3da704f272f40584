// SPDX-License-Identifier: Apache-2.0
import { init, Parameter, square, tensor, tidy } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { adamOptions, checkWarmup, makeAdam } from './adam-options.ts';
import { parseOptions } from './options.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const options = adamOptions({ steps: 40, learningRate: 0.5 });

describe('checkWarmup', () => {
  it('refuses a warm-up that never ends', () => {
    const { values } = parseOptions(options, ['--warmup', '40']);
    expect(() => checkWarmup(values)).toThrow('--warmup must be less than --steps, got 40 and 40.');
    expect(() => checkWarmup({ ...values, steps: 41 })).not.toThrow();
  });
});

describe('makeAdam', () => {
  it('goes at the rate that the options say: rising, at its peak, falling to 0', () => {
    const { values } = parseOptions(options, ['--warmup', '10']);
    const parameter = tidy(() => new Parameter('x', tensor([50])));
    const optimizer = makeAdam([parameter], values);
    // Clipped gradients are all 1, and so are Adam's: a step is as long as the rate.
    const steps = Array.from({ length: 40 }, () => {
      const before = parameter.value.view()[0] ?? Number.NaN;
      tidy(() => optimizer.minimize(() => square(parameter.value)));
      return before - (parameter.value.view()[0] ?? Number.NaN);
    });
    const cosine = (step: number) => 0.25 * (1 + Math.cos((Math.PI * (step - 10)) / 30));
    [0, 3, 9].forEach((step) => {
      expect(steps[step]).toBeCloseTo(0.05 * step, 4);
    });
    [10, 25, 39].forEach((step) => {
      expect(steps[step]).toBeCloseTo(cosine(step), 4);
    });
    optimizer.dispose();
    parameter.dispose();
  });
});
