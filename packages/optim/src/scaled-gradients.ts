// SPDX-License-Identifier: Apache-2.0
import type { SparseGradients } from '@tapeloop/core';
import { scaleInto } from './fused.ts';
import { emptyUpdates, updatesOf } from './slots.ts';
import { mapValues } from './sparse-gradients.ts';

/** All gradients times a factor, slices as slices; themselves when it is 1. */
export function scaledGradients(
  op: string,
  gradients: SparseGradients,
  factor: number,
): SparseGradients {
  if (factor === 1) return gradients;
  return mapValues(gradients, (values) => {
    const parts = emptyUpdates(op, values);
    for (const part of parts) scaleInto(op, part, factor);
    return updatesOf(parts);
  });
}
