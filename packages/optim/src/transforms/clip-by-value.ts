// SPDX-License-Identifier: Apache-2.0
import { check } from '../options.ts';
import { fillUpdates } from '../slots.ts';
import type { GradientTransform } from '../transform.ts';
import { statelessByRows } from './stateless.ts';

/**
 * Bounds each element: `ĝ = max(−limit, min(limit, g))`.
 *
 * @param limit more than 0.
 * @throws ValueError when `limit` is not a number above 0.
 * @see `torch.nn.utils.clip_grad_value_`, Optax's `clip`.
 */
export function clipByValue(limit: number): GradientTransform<null> {
  check('clipByValue', 'limit', limit, limit > 0, 'a number above 0');
  return statelessByRows((gradients) =>
    fillUpdates('clipByValue', gradients, (update, gradient) => {
      for (let i = 0; i < update.length; i++) {
        update[i] = Math.max(-limit, Math.min(limit, gradient[i] ?? 0));
      }
    }),
  );
}
