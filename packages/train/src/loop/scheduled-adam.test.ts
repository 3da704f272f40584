// SPDX-License-Identifier: Apache-2.0
import { init, Parameter, square, tensor, tidy } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { scheduledAdam } from './scheduled-adam.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

describe('scheduledAdam', () => {
  it('goes at the rate that it tells: rising, at its peak, falling to 0, within 5e-5', () => {
    const parameter = tidy(() => new Parameter('x', tensor([50])));
    const config = { steps: 40, learningRate: 0.5, warmup: 10 };
    const { optimizer, learningRate } = scheduledAdam([parameter], config);
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
    expect(steps.map((_, step) => learningRate(step)).at(25)).toBeCloseTo(cosine(25), 12);
    optimizer.dispose();
    parameter.dispose();
  });
});
