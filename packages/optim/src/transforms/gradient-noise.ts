// SPDX-License-Identifier: Apache-2.0
import { normal, RandomStream, type RandomStreamState } from '@tapeloop/core';
import { checkNotNegative } from '../options.ts';
import { elementsOf, fillUpdates } from '../slots.ts';
import type { GradientTransform, ScalarCell } from '../transform.ts';

/** Options of `gradientNoise`. */
export interface GradientNoiseOptions {
  /** The key of the random stream: a safe integer. */
  readonly seed: number;
  /** η: the variance at the first step, at least 0. Default 0.01; the paper tries 0.01, 0.3 and 1. */
  readonly eta?: number;
  /** γ: the power of its decay, at least 0. Default 0.55. */
  readonly gamma?: number;
}

/** What `gradientNoise` keeps: its step, and the counter of its random stream, lowest word first. */
export interface GradientNoiseState {
  readonly step: ScalarCell;
  readonly counter: readonly [ScalarCell, ScalarCell, ScalarCell, ScalarCell];
}

/** The standard deviation at a step from 0: `√(η / (1 + step)^γ)`. */
export function noiseDeviation(eta: number, gamma: number, step: number): number {
  return Math.sqrt(eta / (1 + step) ** gamma);
}

/**
 * Adds Gaussian noise that fades: `ĝ = g + N(0, η / (1 + step)^γ)`.
 *
 * Every parameter draws from a stream of its own, forked by its name, at a common counter: the noise
 * does not depend on the order of parameters, and goes on after a restore.
 *
 * @throws ValueError when `eta` or `gamma` is out of range, TypeError when `seed` is no safe integer.
 * @see Neelakantan et al. 2015, "Adding Gradient Noise Improves Learning for Very Deep Networks",
 *   section 3; Optax's `add_noise`.
 */
export function gradientNoise(
  options: GradientNoiseOptions,
): GradientTransform<GradientNoiseState> {
  const { seed, eta = 0.01, gamma = 0.55 } = options;
  checkNotNegative('gradientNoise', 'eta', eta);
  checkNotNegative('gradientNoise', 'gamma', gamma);
  const root = new RandomStream(seed);
  return {
    init: () => ({
      step: { value: 0 },
      counter: [{ value: 0 }, { value: 0 }, { value: 0 }, { value: 0 }],
    }),
    update: (gradients, { step, counter }) => {
      const stddev = noiseDeviation(eta, gamma, step.value);
      const before = positionOf(counter);
      const longest = Math.max(0, ...[...gradients.keys()].map(({ size }) => size));
      const noise = new Map(
        [...gradients.keys()].map((parameter) => {
          const { key } = root.fork(parameter.name).state();
          const stream = new RandomStream({ key, counter: before });
          return [parameter, normal(parameter.shape, { stddev, stream })];
        }),
      );
      const updates = fillUpdates('gradientNoise', gradients, (update, gradient, parameter) => {
        const drawn = noise.get(parameter);
        if (drawn === undefined) return;
        const ns = elementsOf('gradientNoise', drawn);
        for (let i = 0; i < update.length; i++) update[i] = (gradient[i] ?? 0) + (ns[i] ?? 0);
      });
      const common = new RandomStream({ key: root.state().key, counter: before });
      // Box and Muller use words in pairs.
      common.draw(longest + (longest % 2));
      common.state().counter.forEach((word, i) => {
        const cell = counter[i];
        if (cell !== undefined) cell.value = word;
      });
      step.value++;
      return updates;
    },
    entries: ({ step, counter }) => ({
      tensors: new Map(),
      scalars: new Map([
        ['gradientNoise/step', step],
        ...counter.map((cell, i): [string, ScalarCell] => [`gradientNoise/counter${i}`, cell]),
      ]),
    }),
  };
}

function positionOf([a, b, c, d]: GradientNoiseState['counter']): RandomStreamState['counter'] {
  return [a.value, b.value, c.value, d.value];
}
