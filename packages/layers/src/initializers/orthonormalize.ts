// SPDX-License-Identifier: Apache-2.0
import { matMul, slice, sub, type Tensor, tidy } from '@tapeloop/core';

/** Vectors that are made orthonormal among themselves in float64, between products of matrices. */
const BLOCK = 32;

/**
 * Makes the rows of a matrix orthonormal in place, in order: the Q of the QR decomposition of its
 * transpose, with a positive diagonal of R.
 *
 * Block classical Gram-Schmidt with reorthogonalization: each block of rows is cleared of the rows
 * before it by two matrix products, and then made orthonormal by the modified process, twice. What
 * the first pass loses to rounding, the second regains.
 *
 * @param rows float32 `[count, length]` of full rank, `count` at most `length`; overwritten.
 * @see Barlow and Smoktunowicz 2013, "Reorthogonalized block classical Gram-Schmidt".
 */
export function orthonormalizeRows(rows: Tensor): void {
  const [count = 0, length = 0] = rows.shape;
  for (let start = 0; start < count; start += BLOCK) {
    const size = Math.min(BLOCK, count - start);
    for (let pass = 0; pass < 2; pass++) {
      const block = tidy(() => Float64Array.from(cleared(rows, start, size).view()));
      orthonormalizeBlock(block, size, length);
      rows.view().set(block, start * length);
    }
  }
}

/** X − (X · Qᵀ) · Q, where X are the rows of a block and Q those before it. */
function cleared(rows: Tensor, start: number, size: number): Tensor {
  const block = slice(rows, start, size);
  if (start === 0) return block;
  const before = slice(rows, 0, start);
  return sub(block, matMul(matMul(block, before, { transposeB: true }), before));
}

/** The modified Gram-Schmidt process. @see Golub and Van Loan, "Matrix Computations", section 5.2.8. */
function orthonormalizeBlock(vectors: Float64Array, count: number, length: number): void {
  for (let k = 0; k < count; k++) {
    const pivot = vectors.subarray(k * length, (k + 1) * length);
    const norm = Math.sqrt(dot(pivot, pivot));
    for (let i = 0; i < length; i++) pivot[i] = (pivot[i] ?? 0) / norm;
    for (let j = k + 1; j < count; j++) {
      const other = vectors.subarray(j * length, (j + 1) * length);
      const projection = dot(other, pivot);
      for (let i = 0; i < length; i++) other[i] = (other[i] ?? 0) - projection * (pivot[i] ?? 0);
    }
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
