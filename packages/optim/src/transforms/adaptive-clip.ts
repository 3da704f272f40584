// SPDX-License-Identifier: Apache-2.0
import type { Shape } from '@tapeloop/core';
import { checkPositive } from '../options.ts';
import { elementsOf, fillUpdates } from '../slots.ts';
import type { GradientTransform } from '../transform.ts';
import { stateless } from './stateless.ts';

/** Options of `adaptiveClip`. */
export interface AdaptiveClipOptions {
  /** λ: the largest norm of a unit's gradient, as a part of its weights'. More than 0. Default 0.01. */
  readonly clipping?: number;
  /** ε: the least norm that weights count as, so that zeros can grow. More than 0. Default 0.001. */
  readonly epsilon?: number;
}

/**
 * Adaptive gradient clipping (AGC): bounds the gradient of each unit by the norm of its weights.
 *
 * ```
 * ĝ = g · min(1, λ · max(‖w‖, ε) / ‖g‖)        norms over one unit
 * ```
 *
 * A unit is an output: all elements with one index of the last dimension, as Keras lays weights out.
 * A parameter with fewer than two dimensions longer than 1 is one unit.
 *
 * @throws ValueError when an option is out of range.
 * @see Brock et al. 2021, "High-Performance Large-Scale Image Recognition Without Normalization",
 *   equation 3; Optax's `adaptive_grad_clip`.
 */
export function adaptiveClip(options: AdaptiveClipOptions = {}): GradientTransform<null> {
  const { clipping = 0.01, epsilon = 1e-3 } = options;
  checkPositive('adaptiveClip', 'clipping', clipping);
  checkPositive('adaptiveClip', 'epsilon', epsilon);
  return stateless((gradients) =>
    fillUpdates('adaptiveClip', gradients, (update, gradient, { shape, value }) => {
      const units = unitsOf(shape);
      const weightNorms = unitNorms(elementsOf('adaptiveClip', value), units);
      const factors = unitNorms(gradient, units).map((norm, unit) => {
        const most = clipping * Math.max(weightNorms[unit] ?? 0, epsilon);
        return norm > most ? most / norm : 1;
      });
      for (let i = 0; i < update.length; i++) {
        update[i] = (gradient[i] ?? 0) * (factors[i % units] ?? 1);
      }
    }),
  );
}

/** How many units a parameter has; element i belongs to unit i modulo that. */
function unitsOf(shape: Shape): number {
  const isMatrix = shape.filter((size) => size !== 1).length > 1;
  return isMatrix ? (shape.at(-1) ?? 1) : 1;
}

function unitNorms(elements: Float32Array, units: number): Float64Array {
  const squares = new Float64Array(units);
  for (let i = 0; i < elements.length; i++) {
    const x = elements[i] ?? 0;
    squares[i % units] = (squares[i % units] ?? 0) + x * x;
  }
  return squares.map(Math.sqrt);
}
