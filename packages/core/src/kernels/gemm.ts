// SPDX-License-Identifier: Apache-2.0
import { ShapeError } from '../errors.ts';
import type { Kernels } from './kernels.ts';
import { gemmActivations } from './variants.ts';

/**
 * A matrix [rows, columns] of float32 in the heap, as a product sees it.
 *
 * It is stored row by row, `stride` elements from one row to the next; where `transposed`, the
 * stored rows are the columns of the matrix.
 */
export interface MatrixView {
  readonly pointer: number;
  readonly rows: number;
  readonly columns: number;
  readonly stride: number;
  readonly transposed?: boolean;
}

/** What a product does besides multiplying. */
export interface GemmOptions {
  /** Adds the product to C instead of replacing C. */
  readonly accumulate?: boolean;
  /** Address of one float per column of C, added to every row. */
  readonly bias?: number;
  readonly activation?: keyof typeof gemmActivations;
}

/** Gives the address of `bytes` bytes that are free until the next call. */
export type Scratch = (bytes: number) => number;

/** B[k, n] in the order in which `multiplyPacked` reads it. */
export interface PackedMatrix {
  readonly pointer: number;
  readonly rows: number;
  readonly columns: number;
}

/**
 * `C = activation((accumulate ? C : 0) + A · B + bias)` for A[m, k], B[k, n], C[m, n].
 *
 * C is not transposed and overlaps neither A, B nor the bias. With k = 0 the product is zeros.
 *
 * @throws ShapeError when the shapes do not fit or a stride is shorter than a stored row.
 */
export function multiply(
  kernels: Kernels,
  scratch: Scratch,
  a: MatrixView,
  b: MatrixView,
  c: MatrixView,
  options: GemmOptions = {},
): void {
  checkProduct(a, b, c);
  checkStride('b', b);
  const [transA, transB] = [flag(a.transposed), flag(b.transposed)];
  const { accumulate = false, bias = 0, activation = 'none' } = options;
  kernels.gemm(
    transA,
    transB,
    c.rows,
    c.columns,
    a.columns,
    a.pointer,
    a.stride,
    b.pointer,
    b.stride,
    c.pointer,
    c.stride,
    flag(accumulate),
    bias,
    gemmActivations[activation],
    scratch(kernels.gemmWorkspace(transA, transB, c.rows, c.columns, a.columns)),
  );
}

/** The bytes that `packMatrix` needs for a matrix of this shape. */
export function packedBytes(kernels: Kernels, b: Pick<MatrixView, 'rows' | 'columns'>): number {
  return kernels.gemmPackedBytes(b.columns, b.rows);
}

/**
 * Packs B once for many products, such as recurrent weights for all time steps, into
 * `packedBytes` bytes at `pointer`. Only the kernels that packed it can read it.
 *
 * @throws ShapeError when the stride is shorter than a stored row.
 */
export function packMatrix(kernels: Kernels, b: MatrixView, pointer: number): PackedMatrix {
  checkStride('b', b);
  kernels.gemmPackB(flag(b.transposed), b.columns, b.rows, b.pointer, b.stride, pointer);
  return { pointer, rows: b.rows, columns: b.columns };
}

/**
 * `multiply` with a packed B: the same numbers, bit for bit.
 *
 * @throws ShapeError when the shapes do not fit or a stride is shorter than a stored row.
 */
export function multiplyPacked(
  kernels: Kernels,
  scratch: Scratch,
  a: MatrixView,
  b: PackedMatrix,
  c: MatrixView,
  options: GemmOptions = {},
): void {
  checkProduct(a, b, c);
  const transA = flag(a.transposed);
  const { accumulate = false, bias = 0, activation = 'none' } = options;
  kernels.gemmPacked(
    transA,
    c.rows,
    c.columns,
    a.columns,
    a.pointer,
    a.stride,
    b.pointer,
    c.pointer,
    c.stride,
    flag(accumulate),
    bias,
    gemmActivations[activation],
    scratch(kernels.gemmWorkspace(transA, 0, c.rows, c.columns, a.columns)),
  );
}

function flag(value: boolean | undefined): number {
  return value ? 1 : 0;
}

function checkProduct(a: MatrixView, b: Pick<MatrixView, 'rows' | 'columns'>, c: MatrixView): void {
  if (a.columns !== b.rows) {
    throw new ShapeError(
      `gemm: b must be a matrix of ${a.columns} rows, got [${b.rows}, ${b.columns}]. ` +
        'a has as many columns as b has rows.',
    );
  }
  if (c.rows !== a.rows || c.columns !== b.columns || c.transposed) {
    throw new ShapeError(
      `gemm: c must be [${a.rows}, ${b.columns}], got [${c.rows}, ${c.columns}]` +
        `${c.transposed ? ' transposed' : ''}. It takes a's rows and b's columns.`,
    );
  }
  checkStride('a', a);
  checkStride('c', c);
}

function checkStride(name: string, matrix: MatrixView): void {
  const width = matrix.transposed ? matrix.rows : matrix.columns;
  if (matrix.stride < width) {
    throw new ShapeError(
      `gemm: ${name}.stride must be at least ${width}, got ${matrix.stride}. ` +
        'Stored rows must not overlap.',
    );
  }
}
