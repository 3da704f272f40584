// SPDX-License-Identifier: Apache-2.0
import type { Parameter, Tensor } from '@tapeloop/core';
import { densified } from '../sparse-gradients.ts';
import type { GradientTransform, StepContext } from '../transform.ts';
import { statelessSparse } from './stateless.ts';

/**
 * Shows what goes through a chain at its place and passes it on, to the bit. What `look` throws stops
 * the step.
 *
 * @param look is given gradients or updates that are freed after the step, and must not change them.
 *   Slices are shown as dense tensors, which costs their memory.
 *
 * @example
 * chain(adam(), inspect((updates) => console.table(gradientReport(updates))));
 */
export function inspect(
  look: (updates: ReadonlyMap<Parameter, Tensor>, context: StepContext) => void,
): GradientTransform<null> {
  return statelessSparse((updates, context) => {
    look(densified(updates), context);
    return updates;
  });
}
