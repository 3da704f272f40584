// SPDX-License-Identifier: Apache-2.0
import { tensor } from '../create.ts';
import { type Gradient, IndexedSlices } from '../indexed-slices.ts';
import { tidy } from '../scope.ts';
import { Tensor } from '../tensor.ts';
import { concat } from './concat.ts';
import { scatterAdd } from './gather.ts';

/**
 * The same gradient with every index once, in rising order; rows of one index are summed in their
 * order. Slices that are so already are returned themselves.
 *
 * @see PyTorch's `Tensor.coalesce`.
 */
export function coalesce(slices: IndexedSlices): IndexedSlices {
  if (slices.isCoalesced) return slices;
  const { values, indices, shape } = slices;
  return tidy(() => {
    const rows = indices.data();
    const kept = rows.toSorted().filter((row, i, sorted) => row !== sorted[i - 1]);
    const places = new Map<number, number>();
    kept.forEach((row, place) => places.set(row, place));
    const targets = tensor(rows.map((row) => places.get(row) ?? 0));
    const sums = scatterAdd(values, targets, kept.length);
    return new IndexedSlices(sums, tensor(kept), shape, true);
  });
}

/**
 * A gradient as a tensor: slices as their dense tensor, every row zero that no index names; a tensor
 * as itself.
 *
 * @see PyTorch's `Tensor.to_dense`.
 */
export function toDense(gradient: Gradient): Tensor {
  if (gradient instanceof Tensor) return gradient;
  const { values, indices, shape } = gradient;
  return scatterAdd(values, indices, shape[0] ?? 0);
}

/** The sum of two gradients of one table, coalesced: for each row, first what `a` has, then `b`. */
export function addSlices(a: IndexedSlices, b: IndexedSlices): IndexedSlices {
  return tidy(() => {
    const values = concat([a.values, b.values]);
    return coalesce(new IndexedSlices(values, concat([a.indices, b.indices]), a.shape));
  });
}
