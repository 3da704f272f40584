// SPDX-License-Identifier: Apache-2.0
import { scaleInto } from '../fused.ts';
import { normOf } from '../global-norm.ts';
import { check } from '../options.ts';
import { emptyUpdates, updatesOf } from '../slots.ts';
import type { GradientTransform } from '../transform.ts';
import { statelessByRows } from './stateless.ts';

/**
 * Scales each parameter's gradient on its own when its norm exceeds `maxNorm`:
 *
 * ```
 * ĝ = g · min(1, maxNorm / √(Σ g²))        Σ over one parameter
 * ```
 *
 * It changes the direction of the step, unlike `clipByGlobalNorm`.
 *
 * @param maxNorm more than 0.
 * @throws ValueError when `maxNorm` is not a number above 0.
 * @see `tf.clip_by_norm`, and `clipnorm` of Keras's optimizers.
 */
export function clipByNorm(maxNorm: number): GradientTransform<null> {
  check('clipByNorm', 'maxNorm', maxNorm, maxNorm > 0, 'a number above 0');
  return statelessByRows((gradients) => {
    const parts = emptyUpdates('clipByNorm', gradients);
    for (const part of parts) {
      scaleInto('clipByNorm', part, Math.min(1, maxNorm / normOf(part.gradient)));
    }
    return updatesOf(parts);
  });
}
