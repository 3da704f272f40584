// SPDX-License-Identifier: Apache-2.0
import type { Gradients } from '@tapeloop/core';
import { mapValues } from '../sparse-gradients.ts';
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

/**
 * A transform that keeps nothing, and for which the zeros of a gradient neither change nor count: of
 * slices it is given the values alone.
 */
export function statelessByRows(update: StatelessUpdate): GradientTransform<null> {
  return {
    ...stateless(update),
    sparse: {
      update: (gradients, _state, context) =>
        mapValues(gradients, (values) => update(values, context)),
    },
  };
}
