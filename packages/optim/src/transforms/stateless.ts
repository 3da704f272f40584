// SPDX-License-Identifier: Apache-2.0
import type { Gradients } from '@tapeloop/core';
import { type GradientTransform, noEntries, type StepContext, type Updates } from '../transform.ts';

/** A transform that keeps nothing. */
export function stateless(
  update: (gradients: Gradients, context: StepContext) => Updates,
): GradientTransform<null> {
  return {
    init: () => null,
    update: (gradients, _state, context) => update(gradients, context),
    entries: () => noEntries,
  };
}
