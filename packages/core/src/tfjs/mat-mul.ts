// SPDX-License-Identifier: Apache-2.0
import {
  type MatrixProduct,
  matrixProduct,
  matrixStarts,
  type Transposes,
} from '../ops/matrix-product.ts';
import { type Shape, sizeOf } from '../shape.ts';
import { defineDropIn } from './drop-in.ts';
import { type Host, type Info, isWord, type Output } from './host.ts';

/** Two tensors of matrices. */
export interface Factors {
  readonly a: Info;
  readonly b: Info;
}

/** What happens to a float32 product's rows last: an address of n floats to add, and relu. */
export interface Epilogue {
  readonly bias?: number;
  readonly relu?: boolean;
}

/** Where the matrices of an entry of the batch start, in elements. */
interface Entry {
  readonly a: number;
  readonly b: number;
}

/** tfjs's matrix product, for float32 and int32. */
export const batchMatMul = defineDropIn<Factors, Transposes>({
  takes: isProduct,
  compute: (host, factors, transposes) => multiply(host, factors, transposes).info,
});

/** True for two tensors of one dtype that a product is defined for here. */
export function isProduct({ a, b }: Factors): boolean {
  return a.dtype === b.dtype && isWord(a);
}

/**
 * The products over the last two dimensions; those before them broadcast. Integers wrap modulo 2³².
 *
 * @throws ShapeError when the inner sizes differ or the batches do not broadcast.
 */
export function multiply(
  host: Host,
  { a, b }: Factors,
  transposes: Transposes,
  epilogue: Epilogue = {},
): Output {
  const problem = matrixProduct(a.shape, b.shape, transposes);
  const { batch, m, n, k } = problem;
  const shape = [...batch, m, n];
  if (a.dtype === 'int32') {
    const out = host.output(shape, 'int32');
    multiplyIntegers(host, { a, b }, problem, transposes, out.info);
    return out;
  }
  const [transA, transB] = [Number(transposes.transposeA), Number(transposes.transposeB)];
  return host.scratch(host.kernels.gemmWorkspace(transA, transB, m, n, k), (workspace) => {
    const out = host.output(shape);
    if (sizeOf(shape) === 0) return out;
    const [pointerA, pointerB] = [host.pointer(a), host.pointer(b)];
    // A batch times one matrix is one tall product.
    const isTall = sizeOf(b.shape) === k * n && transA === 0;
    const rows = isTall ? sizeOf(batch) * m : m;
    const entries = isTall ? [{ a: 0, b: 0 }] : entriesOf(a.shape, b.shape, batch);
    entries.forEach((entry, i) => {
      host.kernels.gemm(
        ...([transA, transB, rows, n, k] as const),
        ...([pointerA + 4 * entry.a, transA ? m : k] as const),
        ...([pointerB + 4 * entry.b, transB ? k : n] as const),
        ...([out.pointer + 4 * i * m * n, n, 0] as const),
        ...([epilogue.bias ?? 0, Number(epilogue.relu ?? false), workspace] as const),
      );
    });
    return out;
  });
}

function entriesOf(shapeA: Shape, shapeB: Shape, batch: Shape): Entry[] {
  const [startsA, startsB] = [matrixStarts(batch, shapeA), matrixStarts(batch, shapeB)];
  return startsA.map((a, i) => ({ a, b: startsB[i] ?? 0 }));
}

function multiplyIntegers(
  host: Host,
  { a, b }: Factors,
  { batch, m, k, n }: MatrixProduct,
  { transposeA, transposeB }: Transposes,
  out: Info,
): void {
  const [left, right, to] = [a, b, out].map((info) =>
    host.integers(host.pointer(info), sizeOf(info.shape)),
  );
  if (left === undefined || right === undefined || to === undefined) return;
  const [rowA, columnA] = transposeA ? [1, m] : [k, 1];
  const [rowB, columnB] = transposeB ? [1, k] : [n, 1];
  let at = 0;
  for (const entry of entriesOf(a.shape, b.shape, batch)) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let p = 0; p < k; p++) {
          const x = left[entry.a + i * rowA + p * columnA] ?? 0;
          sum += Math.imul(x, right[entry.b + p * rowB + j * columnB] ?? 0);
        }
        to[at++] = sum;
      }
    }
  }
}
