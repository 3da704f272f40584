// SPDX-License-Identifier: Apache-2.0
import {
  coalesce,
  type Gradient,
  type Gradients,
  IndexedSlices,
  type SparseGradients,
  type Tensor,
  toDense,
} from '@tapeloop/core';
import type { Updates } from './transform.ts';

/** True when there are no slices among them. */
export function isDense(gradients: SparseGradients): gradients is Gradients {
  return [...gradients.values()].every((gradient) => !(gradient instanceof IndexedSlices));
}

/** The gradients with slices made dense; themselves when there are none. */
export function densified(gradients: SparseGradients): Gradients {
  if (isDense(gradients)) return gradients;
  return new Map([...gradients].map(([parameter, gradient]) => [parameter, toDense(gradient)]));
}

/** The gradients with each row of slices once; themselves when there are no slices. */
export function coalesced(gradients: SparseGradients): SparseGradients {
  if (isDense(gradients)) return gradients;
  return new Map(
    [...gradients].map(([parameter, gradient]) => [
      parameter,
      gradient instanceof IndexedSlices ? coalesce(gradient) : gradient,
    ]),
  );
}

/** The elements that a gradient has: all of a tensor's, those of the rows of slices. */
export function valuesOf(gradient: Gradient): Tensor {
  return gradient instanceof IndexedSlices ? gradient.values : gradient;
}

/** Values as another gradient has them: for the same rows of slices, else as they are. */
export function asGradientLike(gradient: Gradient | undefined, values: Tensor): Gradient {
  if (!(gradient instanceof IndexedSlices)) return values;
  return new IndexedSlices(values, gradient.indices, gradient.shape, true);
}

/** What `fn` makes of the values; those of slices stay the values of their rows. */
export function mapValues(
  gradients: SparseGradients,
  fn: (values: Gradients) => Updates,
): SparseGradients {
  if (isDense(gradients)) return fn(gradients);
  const values = [...gradients].map(([owner, gradient]) => [owner, valuesOf(gradient)] as const);
  return new Map(
    [...fn(new Map(values))].map(([owner, made]) => {
      return [owner, asGradientLike(gradients.get(owner), made)];
    }),
  );
}
