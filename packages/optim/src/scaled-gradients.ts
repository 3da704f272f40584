// SPDX-License-Identifier: Apache-2.0
import type { Gradients, SparseGradients } from '@tapeloop/core';
import { scaleInto } from './fused.ts';
import { emptyUpdates, updatesOf } from './slots.ts';
import { mapValues } from './sparse-gradients.ts';
import type { Updates } from './transform.ts';

/** Dense gradients times a factor. */
export function scaled(op: string, gradients: Gradients, factor: number): Updates {
  const parts = emptyUpdates(op, gradients);
  for (const part of parts) scaleInto(op, part, factor);
  return updatesOf(parts);
}

/** All gradients times a factor, slices as slices; themselves when it is 1. */
export function scaledGradients(
  op: string,
  gradients: SparseGradients,
  factor: number,
): SparseGradients {
  return factor === 1 ? gradients : mapValues(gradients, (values) => scaled(op, values, factor));
}
