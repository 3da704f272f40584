// SPDX-License-Identifier: Apache-2.0
import { type Shape, sizeOf } from '../shape.ts';
import type { Tensor } from '../tensor.ts';

/**
 * The elements of a tensor of `shape` whose value at `index` is `valueAt(index)`, in row-major order:
 * the definition of an op, spelled out one element at a time.
 */
export function byIndex(shape: Shape, valueAt: (index: number[]) => number): number[] {
  return Array.from({ length: sizeOf(shape) }, (_, element) => {
    let rest = element;
    const index = shape.toReversed().map((size) => {
      const position = rest % size;
      rest = Math.floor(rest / size);
      return position;
    });
    return valueAt(index.reverse());
  });
}

/** Reads a tensor's element at an index. */
export function elementsOf(x: Tensor): (index: readonly number[]) => number {
  const data = x.data();
  return (index) => {
    const element = x.shape.reduce((at, size, axis) => at * size + (index[axis] ?? 0), 0);
    return data[element] ?? Number.NaN;
  };
}
