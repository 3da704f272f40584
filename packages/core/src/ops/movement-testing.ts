// SPDX-License-Identifier: Apache-2.0
// For the tests of ops that move elements.
import { tensor } from '../create.ts';
import { type DType, dtypes } from '../dtype.ts';
import { memory } from '../scope.ts';
import { type Shape, sameShape, showShape, sizeOf } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { closeTo } from '../testing/close-to.ts';
import { byIndex, elementsOf } from './by-index-testing.ts';

/** Elements that differ from their neighbours on any axis, also as booleans. */
export function counting(shape: Shape, dtype: DType = 'float32', start = 1): Tensor {
  const value = (i: number) => (dtype === 'bool' ? (i * i + (i >> 2) + start) % 3 : start + i);
  const values = Array.from({ length: sizeOf(shape) }, (_, i) => value(i));
  return tensor(values, shape, dtype);
}

/**
 * Compares an op, for each dtype, with its definition: the element of the result at each index is
 * `valueAt(at, index)`, where `at` reads the input.
 *
 * @throws Error at the first difference, however small.
 */
export function checkByIndex(
  shape: Shape,
  fn: (x: Tensor) => Tensor,
  outShape: Shape,
  valueAt: (at: (index: readonly number[]) => number, index: number[]) => number,
): void {
  for (const dtype of dtypes) {
    const x = counting(shape, dtype);
    const y = fn(x);
    if (!sameShape(y.shape, outShape) || y.dtype !== dtype) {
      throw new Error(
        `expected ${dtype} ${showShape(outShape)}, got ${y.dtype} ${showShape(y.shape)}.`,
      );
    }
    const at = elementsOf(x);
    const expected = byIndex(outShape, (index) => valueAt(at, index));
    closeTo(y, expected, { relative: 0, absolute: 0 });
  }
}

/** Whether `fn` allocates nothing: its result shares the storage of `x`. */
export function isView(x: Tensor, fn: (x: Tensor) => Tensor): boolean {
  const { bytes } = memory();
  const y = fn(x);
  const grown = memory().bytes - bytes;
  y.dispose();
  return grown === 0;
}
