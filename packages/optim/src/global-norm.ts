// SPDX-License-Identifier: Apache-2.0
import { coalesce, IndexedSlices, type SparseGradients, type Tensor, tidy } from '@tapeloop/core';
import { sumOfSquares } from './fused.ts';
import type { StepContext } from './transform.ts';

/**
 * The Euclidean norm of all gradients taken as one vector, `√(Σ g²)`, summed in double precision:
 * finite whenever every element is. Rows of slices that have one index count as their sum.
 *
 * @see Pascanu, Mikolov and Bengio 2013, "On the difficulty of training recurrent neural networks",
 *   algorithm 1.
 */
export function globalNorm(gradients: SparseGradients): number {
  let squares = 0;
  for (const gradient of gradients.values()) {
    squares +=
      gradient instanceof IndexedSlices
        ? tidy(() => sumOfSquares('globalNorm', coalesce(gradient).values))
        : sumOfSquares('globalNorm', gradient);
  }
  return Math.sqrt(squares);
}

/** The global norm, which the step may know already. */
export function normInStep(gradients: SparseGradients, { incoming }: StepContext): number {
  return incoming?.gradients === gradients ? incoming.norm : globalNorm(gradients);
}

/** `√(Σ x²)` of one tensor, in double precision. */
export function normOf(tensor: Tensor): number {
  return Math.sqrt(sumOfSquares('norm', tensor));
}
