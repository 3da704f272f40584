// SPDX-License-Identifier: Apache-2.0
import { dispose, init, Parameter, tensor } from '@tapeloop/core';
import { closeTo, cosines, sines, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type GradientTransform, plainStep } from '../transform.ts';
import { adaptiveClip } from './adaptive-clip.ts';
import { clipByNorm } from './clip-by-norm.ts';
import { clipByValue } from './clip-by-value.ts';
import { gradientNoise, noiseDeviation } from './gradient-noise.ts';
import { decoupledWeightDecay, weightDecay } from './weight-decay.ts';

let parameters: Parameter[] = [];
beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });
beforeEach(() => {
  parameters = [
    new Parameter('kernel', cosines([2, 3], { scale: 2 })),
    new Parameter('bias', sines([3])),
  ];
});
afterEach(() => dispose(parameters.splice(0).map(({ value }) => value)));

/** What a transform makes of gradients, as plain numbers in the order of the parameters. */
function results<State>(transform: GradientTransform<State>, gradients: number[][]): number[][] {
  const given = new Map(
    parameters.map((parameter, i) => [parameter, tensor(gradients[i] ?? [], parameter.shape)]),
  );
  const updates = transform.update(given, transform.init(parameters), plainStep);
  return parameters.map((parameter) => [...(updates.get(parameter)?.data() ?? [])]);
}

const gradients = [
  [3, -0.1, 40, -2, 0.2, 0],
  [5, 0, -12],
];

test('clipByValue bounds each element', () => {
  const [kernel = [], bias = []] = results(clipByValue(2.5), gradients);
  closeTo(kernel, [2.5, -0.1, 2.5, -2, 0.2, 0], { relative: 1e-7 });
  closeTo(bias, [2.5, 0, -2.5]);
});

test('clipByNorm scales each parameter on its own', () => {
  const [kernel = [], bias = []] = results(clipByNorm(26), gradients);
  const norm = Math.hypot(...(gradients[0] ?? []));
  closeTo(kernel, gradients[0]?.map((g) => (g * 26) / norm) ?? [], { relative: 1e-6 });
  // 5² + 12² = 13².
  closeTo(bias, [5, 0, -12], { relative: 0, absolute: 0 });
});

test('adaptiveClip bounds each output by its own weights, a bias as a whole', () => {
  const [kernel = [], bias = []] = results(
    adaptiveClip({ clipping: 0.1, epsilon: 0.5 }),
    gradients,
  );
  const [weights, biases] = parameters.map(({ value }) => [...value.data()]);
  const unit = (values: readonly number[] = [], column = 0) =>
    Math.hypot(values[column] ?? 0, values[column + 3] ?? 0);
  const expected = gradients[0]?.map((g, i) => {
    const most = 0.1 * Math.max(unit(weights, i % 3), 0.5);
    return g * Math.min(1, most / unit(gradients[0], i % 3));
  });
  closeTo(kernel, expected ?? [], { relative: 1e-6 });
  const most = 0.1 * Math.hypot(...(biases ?? []));
  closeTo(bias, gradients[1]?.map((g) => (g * most) / 13) ?? [], { relative: 1e-6 });
});

test('weightDecay adds λ·p to the gradients of those that the mask takes', () => {
  const transform = weightDecay(0.3, { mask: ({ shape }) => shape.length > 1 });
  const [kernel = [], bias] = results(transform, gradients);
  const weights = [...(parameters[0]?.value.data() ?? [])];
  closeTo(kernel, gradients[0]?.map((g, i) => g + 0.3 * (weights[i] ?? 0)) ?? []);
  expect(bias).toEqual(gradients[1]);
});

test('decoupledWeightDecay subtracts α·λ·p from the updates, with the scale of the step', () => {
  const transform = decoupledWeightDecay({
    weightDecay: 0.3,
    learningRate: (step) => 0.5 - step,
    mask: ({ name }) => name === 'bias',
  });
  const given = new Map(parameters.map((parameter) => [parameter, cosines(parameter.shape)]));
  const state = transform.init(parameters);
  const updates = transform.update(given, state, { learningRateScale: 0.1 });
  const [kernel, bias] = parameters;
  if (kernel === undefined || bias === undefined) throw new Error('no parameters');
  closeTo(updates.get(kernel) ?? [], cosines([2, 3]), { relative: 0, absolute: 0 });
  const biases = [...bias.value.data()];
  const expected = biases.map((p, i) => Math.cos(i) - 0.1 * 0.5 * 0.3 * p);
  closeTo(updates.get(bias) ?? [], expected);
});

describe('gradientNoise', () => {
  const big = () => new Parameter('big', cosines([200, 100]));
  const noiseOf = (transform: GradientTransform<unknown>, x: Parameter, steps: number) => {
    const state = transform.init([x]);
    const zeros = new Map([[x, tensor(new Float32Array(x.size), x.shape)]]);
    return Array.from({ length: steps }, () => [
      ...(transform.update(zeros, state, plainStep).get(x)?.data() ?? []),
    ]);
  };

  test('has mean 0 and variance η / (1 + step)^γ, to 3 % at 20,000 numbers', () => {
    const x = big();
    const noises = noiseOf(gradientNoise({ seed: 7, eta: 0.5, gamma: 0.55 }), x, 3);
    noises.forEach((noise, step) => {
      const variance = noise.reduce((sum, z) => sum + z * z, 0) / noise.length;
      const expected = 0.5 / (1 + step) ** 0.55;
      expect(Math.abs(variance / expected - 1)).toBeLessThan(0.03);
      const mean = noise.reduce((sum, z) => sum + z, 0) / noise.length;
      expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(expected / noise.length));
      expect(noiseDeviation(0.5, 0.55, step) ** 2).toBeCloseTo(expected, 12);
    });
    x.dispose();
  });

  test('no number comes twice in two steps, and the same seed gives the same numbers', () => {
    const x = big();
    const [first = [], second = []] = noiseOf(gradientNoise({ seed: 7, gamma: 0 }), x, 2);
    const common = new Set(first);
    // Floats of one exponent repeat by chance, whole runs of them do not.
    expect(second.filter((z, i) => i < 100 && common.has(z)).length).toBeLessThan(5);
    expect(noiseOf(gradientNoise({ seed: 7, gamma: 0 }), x, 2)).toEqual([first, second]);
    expect(noiseOf(gradientNoise({ seed: 8, gamma: 0 }), x, 1)).not.toEqual([first]);
    x.dispose();
  });

  test('refuses a negative variance', () => {
    expect(() => gradientNoise({ seed: 1, eta: -1 })).toThrow('gradientNoise: eta must be');
  });
});
