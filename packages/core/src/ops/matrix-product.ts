// SPDX-License-Identifier: Apache-2.0
// The sizes of products of matrices, and where the matrices of a batch lie.

import { ShapeError } from '../errors.ts';
import { broadcastShapes, type Shape, showShape, stridesOf } from '../shape.ts';

/** Which factors are stored transposed, in their last two dimensions. */
export interface Transposes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** The sizes of a product of matrices [m, k] and [k, n], over a shape of batches. */
export interface MatrixProduct {
  readonly batch: Shape;
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

/**
 * The product over the last two dimensions of factors of these shapes.
 *
 * @throws ShapeError when a factor has fewer than two dimensions, the inner sizes differ or the
 *   batches do not broadcast.
 */
export function matrixProduct(
  a: Shape,
  b: Shape,
  { transposeA, transposeB }: Transposes,
): MatrixProduct {
  if (a.length < 2 || b.length < 2) {
    throw new ShapeError(
      `matMul: a and b must have at least 2 dimensions, got ${showShape(a)} and ${showShape(b)}. ` +
        'Use expandDims() to make a row or a column of a vector.',
    );
  }
  const [m, k] = matrixOf(a, transposeA);
  const [inner, n] = matrixOf(b, transposeB);
  if (k !== inner) {
    const shown = (shape: Shape, isTransposed: boolean) =>
      `${showShape(shape)}${isTransposed ? ' (transposed)' : ''}`;
    throw new ShapeError(
      `matMul: the inner sizes of a and b must be equal, got ${k} of ${shown(a, transposeA)} and ` +
        `${inner} of ${shown(b, transposeB)}.`,
    );
  }
  return { batch: broadcastShapes('matMul', a.slice(0, -2), b.slice(0, -2)), m, k, n };
}

/** The element at which the matrix of each entry of the broadcast batch starts, in a factor of `shape`. */
export function matrixStarts(batch: Shape, shape: Shape): number[] {
  let starts = [0];
  if (batch.length === 0) return starts;
  const strides = stridesOf(shape);
  const added = batch.length - (shape.length - 2);
  batch.forEach((size, axis) => {
    const own = axis - added;
    const step = own >= 0 && shape[own] !== 1 ? (strides[own] ?? 0) : 0;
    starts = starts.flatMap((start) => Array.from({ length: size }, (_, i) => start + i * step));
  });
  return starts;
}

/** Rows and columns of the matrices as they are multiplied. */
function matrixOf(shape: Shape, isTransposed: boolean): [rows: number, columns: number] {
  const [rows, columns] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
  return isTransposed ? [columns, rows] : [rows, columns];
}
