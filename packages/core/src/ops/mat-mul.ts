// SPDX-License-Identifier: Apache-2.0
import { kernels } from '../backend.ts';
import { defineOp } from '../op.ts';
import { tidy } from '../scope.ts';
import { sizeOf } from '../shape.ts';
import { Storage } from '../storage.ts';
import { Tensor } from '../tensor.ts';
import {
  type MatrixProduct,
  matrixProduct,
  matrixStarts,
  type Transposes,
} from './matrix-product.ts';
import { checkTensor } from './operand.ts';
import { reshape } from './reshape.ts';

/** Which operands of a matrix product are transposed, in their last two dimensions. */
export interface MatMulOptions {
  /** Read `a` as stored [..., k, m]. Default false. */
  readonly transposeA?: boolean;
  /** Read `b` as stored [..., n, k]. Default false. */
  readonly transposeB?: boolean;
}

/** The declared op of `matMul`. */
export const matMulOp = defineOp({
  name: 'matMul',
  broadcasts: true,
  forward: ([a, b]: readonly [Tensor, Tensor], transposes: Transposes) =>
    multiply(a, b, matrixProduct(a.shape, b.shape, transposes), transposes),
  save: ([a, b]) => [a, b],
  // C = AB: dA = dC·Bᵀ, dB = Aᵀ·dC; a transposed operand's gradient is the transpose of that.
  gradient: (dy, { saved: [a, b], attrs: { transposeA, transposeB } }) => [
    () =>
      transposeA
        ? matMul(b, dy, { transposeA: transposeB, transposeB: true })
        : matMul(dy, b, { transposeB: !transposeB }),
    () =>
      transposeB
        ? matMul(dy, a, { transposeA: true, transposeB: transposeA })
        : matMul(a, dy, { transposeA: !transposeA }),
  ],
});

/**
 * The matrix product over the last two dimensions: `C[..., i, j] = Σₚ A[..., i, p] · B[..., p, j]`.
 *
 * The dimensions before the last two are batches and broadcast against each other; a matrix times
 * a batch uses the matrix for every entry.
 *
 * @param a float32 `[..., m, k]`, or `[..., k, m]` with `transposeA`.
 * @param b float32 `[..., k, n]`, or `[..., n, k]` with `transposeB`.
 * @returns `[..., m, n]`; zeros where k is 0.
 * @throws ShapeError when an operand has fewer than two dimensions, the inner sizes differ or the
 *   batches do not broadcast; DTypeError when a dtype is not float32.
 */
export function matMul(a: Tensor, b: Tensor, options: MatMulOptions = {}): Tensor {
  checkTensor('matMul', 'a', a);
  checkTensor('matMul', 'b', b);
  const { transposeA = false, transposeB = false } = options;
  const transposes = { transposeA, transposeB };
  // One tall product in place of a batch: also its gradient for b is one product, not a batch's sum.
  const isTall = a.rank > 2 && b.rank === 2 && !transposeA;
  if (!isTall) return matMulOp([a, b], transposes);
  const { batch, m, n, k } = matrixProduct(a.shape, b.shape, transposes);
  return tidy(() => {
    const tall = reshape(a, [sizeOf(batch) * m, k]);
    return reshape(matMulOp([tall, b], transposes), [...batch, m, n]);
  });
}

function multiply(a: Tensor, b: Tensor, problem: MatrixProduct, transposes: Transposes): Tensor {
  const { batch, m, k, n } = problem;
  const shape = [...batch, m, n];
  if (sizeOf(shape) === 0) return Tensor.empty(shape, 'float32', 'matMul');
  const { gemm, gemmWorkspace } = kernels();
  const transA = transposes.transposeA ? 1 : 0;
  const transB = transposes.transposeB ? 1 : 0;
  const workspace = Storage.allocate(gemmWorkspace(transA, transB, m, n, k));
  try {
    const out = Tensor.empty(shape, 'float32', 'matMul');
    const lda = transA ? m : k;
    const ldb = transB ? k : n;
    const startsA = matrixStarts(batch, a.shape);
    const startsB = matrixStarts(batch, b.shape);
    for (let i = 0; i < startsA.length; i++) {
      gemm(
        transA,
        transB,
        m,
        n,
        k,
        a.pointer + 4 * (startsA[i] ?? 0),
        lda,
        b.pointer + 4 * (startsB[i] ?? 0),
        ldb,
        out.pointer + 4 * i * m * n,
        n,
        0,
        0,
        0,
        workspace.pointer,
      );
    }
    return out;
  } finally {
    workspace.release();
  }
}
