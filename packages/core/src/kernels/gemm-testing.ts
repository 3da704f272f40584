// SPDX-License-Identifier: Apache-2.0
// One product by the kernel under test and by the reference, for the tests of gemm.

import { expect } from 'vitest';
import { type MatrixView, multiply, multiplyPacked, packedBytes, packMatrix } from './gemm.ts';
import type { Kernels } from './kernels.ts';
import {
  bitsOf,
  cosines,
  createTestHeap,
  sines,
  type TestedBuild,
  type TestHeap,
} from './testing.ts';

/** A product to test; all but the sizes has the simplest value by default. */
export interface ProductCase {
  m: number;
  n: number;
  k: number;
  transA?: number;
  transB?: number;
  /** Elements between stored rows, NaN in A and B. */
  gap?: number;
  misalign?: number;
  accumulate?: number;
  bias?: boolean;
  relu?: number;
  packed?: boolean;
  a?: Float32Array;
  b?: Float32Array;
}

/** C without its gaps by the kernel and by the reference, and the bound of each element's error. */
export async function product(build: TestedBuild, sizes: ProductCase) {
  const { m, n, k, transA = 0, transB = 0, gap = 0, misalign = 0 } = sizes;
  const { accumulate = 0, bias = false, relu = 0, packed = false } = sizes;
  const { a = cosines(m * k), b = sines(k * n, 1) } = sizes;
  const [storedA, storedB] = [stored(m, k, transA, a, gap), stored(k, n, transB, b, gap)];
  const start = stored(m, n, 0, cosines(m * n, 0.5), gap);
  const offset = cosines(n, 0.25);
  const bytes = 4 * (storedA.length + storedB.length + start.length) + 4 * 8 * (n + 8) * (k + 1);
  const heap = await createTestHeap(
    build,
    2 + Math.ceil((bytes + 75_000 + 1024 * Math.min(m, 180)) / 65536),
  );
  const viewA = view(heap.input(storedA, { misalign }), m, k, transA, gap);
  const viewB = view(heap.input(storedB, { misalign }), k, n, transB, gap);
  const viewC = view(heap.output(start, { misalign }), m, n, 0, gap);
  const options = {
    accumulate: accumulate === 1,
    activation: relu ? 'relu' : 'none',
    ...(bias ? { bias: heap.input(offset, { misalign }) } : {}),
  } as const;
  const scratch = scratchOn(heap, transA, transB, m, n, k);
  const space = packed ? heap.workspace(packedBytes(heap.kernels, viewB)) : 0;
  const { got, want } = heap.compare(
    (kernels) => {
      if (packed) {
        const packedB = packMatrix(kernels, viewB, space);
        multiplyPacked(kernels, scratch, viewA, packedB, viewC, options);
      } else {
        multiply(kernels, scratch, viewA, viewB, viewC, options);
      }
    },
    () => heap.floats(viewC.pointer, start.length),
  );
  expect(bitsOf(gaps(got, n, gap))).toEqual(bitsOf(gaps(start, n, gap)));
  const bound = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = accumulate ? Math.abs(start[i * (n + gap) + j] ?? 0) : 0;
      if (bias) sum += Math.abs(offset[j] ?? 0);
      for (let p = 0; p < k; p++) sum += Math.abs((a[i * k + p] ?? 0) * (b[p * n + j] ?? 0));
      bound[i * n + j] = (k + 3) * 2 ** -24 * sum;
    }
  }
  return { got: rowsOf(got, n, gap), want: rowsOf(want, n, gap), bound };
}

/** The row-major matrix as it is stored: transposed or not, with NaN in the gaps between rows. */
export function stored(
  rows: number,
  columns: number,
  transposed: number,
  values: Float32Array,
  gap = 0,
): Float32Array {
  const [height, width] = transposed ? [columns, rows] : [rows, columns];
  const out = new Float32Array(height * (width + gap)).fill(Number.NaN);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const [row, column] = transposed ? [j, i] : [i, j];
      out[row * (width + gap) + column] = values[i * columns + j] ?? 0;
    }
  }
  return out;
}

export function view(
  pointer: number,
  rows: number,
  columns: number,
  transposed: number,
  gap = 0,
): MatrixView {
  const stride = (transposed ? rows : columns) + gap;
  return { pointer, rows, columns, stride, transposed: transposed === 1 };
}

/** Rows i … and columns j … of a matrix, in place. */
export function part(
  whole: MatrixView,
  i: number,
  j: number,
  rows: number,
  columns: number,
): MatrixView {
  const first = whole.transposed ? j * whole.stride + i : i * whole.stride + j;
  return { ...whole, pointer: whole.pointer + 4 * first, rows, columns };
}

function rowsOf(values: Float32Array, n: number, gap: number): Float32Array {
  return values.filter((_, i) => i % (n + gap) < n);
}

function gaps(values: Float32Array, n: number, gap: number): Float32Array {
  return values.filter((_, i) => i % (n + gap) >= n);
}

/** A workspace for products of at most this size. */
export function scratchOn(heap: TestHeap, ...sizes: Parameters<Kernels['gemmWorkspace']>) {
  const pointer = heap.workspace(heap.kernels.gemmWorkspace(...sizes));
  return () => pointer;
}
