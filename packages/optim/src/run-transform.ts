// SPDX-License-Identifier: Apache-2.0
import type { SparseGradients } from '@tapeloop/core';
import { addTo } from './fused.ts';
import { densified, isDense } from './sparse-gradients.ts';
import type { GradientTransform, StepContext } from './transform.ts';

/** A transform's updates. Slices are made dense first for one that cannot work on them. */
export function runUpdate<State>(
  transform: GradientTransform<State>,
  gradients: SparseGradients,
  state: State,
  context: StepContext,
): SparseGradients {
  if (transform.sparse === undefined || isDense(gradients)) {
    return transform.update(densified(gradients), state, context);
  }
  return transform.sparse.update(gradients, state, context);
}

/** Adds a transform's updates to the parameters, in one pass where it can. */
export function runApply<State>(
  transform: GradientTransform<State>,
  gradients: SparseGradients,
  state: State,
  context: StepContext,
): void {
  if (transform.apply === undefined) {
    const updates = runUpdate(transform, gradients, state, context);
    for (const [parameter, update] of updates) addTo('Optimizer.step', parameter, update);
  } else if (transform.sparse?.apply === undefined || isDense(gradients)) {
    transform.apply(densified(gradients), state, context);
  } else transform.sparse.apply(gradients, state, context);
}
