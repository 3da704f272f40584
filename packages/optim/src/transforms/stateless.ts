// SPDX-License-Identifier: Apache-2.0
import type { Gradients, SparseGradients } from '@tapeloop/core';
import { densified, mapValues } from '../sparse-gradients.ts';
import { type GradientTransform, noEntries, type StepContext, type Updates } from '../transform.ts';

type StatelessUpdate = (gradients: Gradients, context: StepContext) => Updates;

/** A transform that keeps nothing. */
export function stateless(update: StatelessUpdate): GradientTransform<null> {
  return {
    init: () => null,
    update: (gradients, _state, context) => update(gradients, context),
    entries: () => noEntries,
  };
}

/** A transform that keeps nothing, and works on slices as they are. */
export function statelessSparse(
  update: (gradients: SparseGradients, context: StepContext) => SparseGradients,
): GradientTransform<null> {
  return {
    ...stateless((gradients, context) => densified(update(gradients, context))),
    sparse: { update: (gradients, _state, context) => update(gradients, context) },
  };
}

/**
 * A transform that keeps nothing, and for which the zeros of a gradient neither change nor count: of
 * slices it is given the values alone.
 */
export function statelessByRows(update: StatelessUpdate): GradientTransform<null> {
  return statelessSparse((gradients, context) =>
    mapValues(gradients, (values) => update(values, context)),
  );
}
