// SPDX-License-Identifier: Apache-2.0
import type { SparseGradients } from '@tapeloop/core';
import { normInStep } from '../global-norm.ts';
import { check } from '../options.ts';
import { scaledGradients } from '../scaled-gradients.ts';
import type { GradientTransform, StepContext } from '../transform.ts';
import { statelessSparse } from './stateless.ts';

/**
 * Scales all gradients by one factor when their global norm exceeds `maxNorm`:
 *
 * ```
 * n = √(Σ g²)       ĝ = g                  when n ≤ maxNorm
 *                   ĝ = g · maxNorm / n    else
 * ```
 *
 * Within the bound the gradients pass unchanged, to the bit. The norm before clipping is
 * `gradientNorm` in what the optimizer's `step` and `minimize` return.
 *
 * PyTorch's `clip_grad_norm_` scales by `maxNorm / (n + 1e-6)`.
 *
 * @param maxNorm more than 0.
 * @throws ValueError when `maxNorm` is not a number above 0.
 * @see Pascanu, Mikolov and Bengio 2013, "On the difficulty of training recurrent neural networks",
 *   algorithm 1.
 */
export function clipByGlobalNorm(maxNorm: number): GradientTransform<null> {
  check('clipByGlobalNorm', 'maxNorm', maxNorm, maxNorm > 0, 'a number above 0');
  const factorOf = (gradients: SparseGradients, context: StepContext) => {
    const norm = normInStep(gradients, context);
    return norm <= maxNorm ? 1 : maxNorm / norm;
  };
  return {
    ...statelessSparse((gradients, context) =>
      scaledGradients('clipByGlobalNorm', gradients, factorOf(gradients, context)),
    ),
    factor: (gradients, _state, context) => factorOf(gradients, context),
  };
}
