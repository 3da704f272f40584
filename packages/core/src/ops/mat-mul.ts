// SPDX-License-Identifier: Apache-2.0
import { kernels } from '../backend.ts';
import { ShapeError } from '../errors.ts';
import { defineOp } from '../op.ts';
import { tidy } from '../scope.ts';
import { broadcastShapes, type Shape, showShape, sizeOf, stridesOf } from '../shape.ts';
import { Storage } from '../storage.ts';
import { Tensor } from '../tensor.ts';
import { checkTensor } from './operand.ts';
import { reshape } from './reshape.ts';

/** Which operands of a matrix product are transposed, in their last two dimensions. */
export interface MatMulOptions {
  /** Read `a` as stored [..., k, m]. Default false. */
  readonly transposeA?: boolean;
  /** Read `b` as stored [..., n, k]. Default false. */
  readonly transposeB?: boolean;
}

type Transposes = Required<MatMulOptions>;

/** The sizes of a product of matrices [m, k] and [k, n], over a shape of batches. */
interface Problem {
  readonly batch: Shape;
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

/** The declared op of `matMul`. */
export const matMulOp = defineOp({
  name: 'matMul',
  broadcasts: true,
  forward: ([a, b]: readonly [Tensor, Tensor], transposes: Transposes) =>
    multiply(a, b, problemOf(a.shape, b.shape, transposes), transposes),
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
  const { batch, m, n, k } = problemOf(a.shape, b.shape, transposes);
  return tidy(() => {
    const tall = reshape(a, [sizeOf(batch) * m, k]);
    return reshape(matMulOp([tall, b], transposes), [...batch, m, n]);
  });
}

function problemOf(a: Shape, b: Shape, { transposeA, transposeB }: Transposes): Problem {
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

/** Rows and columns of the matrices as they are multiplied. */
function matrixOf(shape: Shape, isTransposed: boolean): [rows: number, columns: number] {
  const [rows, columns] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
  return isTransposed ? [columns, rows] : [rows, columns];
}

function multiply(a: Tensor, b: Tensor, problem: Problem, transposes: Transposes): Tensor {
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
        a.pointer + (startsA[i] ?? 0),
        lda,
        b.pointer + (startsB[i] ?? 0),
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

/** Where the matrix of each entry of the broadcast batch starts, in bytes. */
function matrixStarts(batch: Shape, shape: Shape): number[] {
  let starts = [0];
  if (batch.length === 0) return starts;
  const strides = stridesOf(shape);
  const added = batch.length - (shape.length - 2);
  batch.forEach((size, axis) => {
    const own = axis - added;
    const step = own >= 0 && shape[own] !== 1 ? 4 * (strides[own] ?? 0) : 0;
    starts = starts.flatMap((start) => Array.from({ length: size }, (_, i) => start + i * step));
  });
  return starts;
}
