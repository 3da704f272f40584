// SPDX-License-Identifier: Apache-2.0

import type { Kernels } from '../kernels.ts';
import type { GemmKernels } from '../reference/gemm.ts';
import { type CheckHeap, type KernelCheck, wholes } from './check-heap.ts';

/** A product of whole numbers, so that it is exact; flags are off unless they are named. */
interface Product {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transA?: number;
  readonly transB?: number;
  readonly accumulate?: number;
  readonly relu?: number;
  /** Elements between the stored rows of A. */
  readonly gap?: number;
}

/** Tiles of 6 rows by 16 columns three times and tails, panels of 64, blocks of 256; few rows; few columns. */
const products: readonly Product[] = [
  { m: 20, n: 71, k: 5 },
  { m: 20, n: 55, k: 7, transA: 1, accumulate: 1 },
  { m: 19, n: 54, k: 8, transB: 1, relu: 1 },
  { m: 13, n: 53, k: 9, transA: 1, transB: 1, accumulate: 1, relu: 1 },
  { m: 7, n: 34, k: 259, gap: 1021 },
  { m: 2, n: 71, k: 9 },
  { m: 19, n: 3, k: 11 },
];

/** The checks of matrix products. What measures memory is checked by a product that uses that memory. */
export const gemmChecks: Record<keyof GemmKernels, KernelCheck> = {
  gemm: plain(products),
  gemmWorkspace: plain(products.slice(0, 1)),
  gemmPacked: packed(products),
  gemmPackB: packed(products.slice(2, 4)),
  gemmPackedBytes: packed(products.slice(0, 1)),
};

/** `gemm`, in the workspace that `gemmWorkspace` asks for. */
function plain(cases: readonly Product[]): KernelCheck {
  return (heap, tested) => {
    const calls = operands(heap, tested, cases);
    return (kernels) => {
      for (const { product, a, lda, b, ldb, c, bias, workspace } of calls) {
        const { m, n, k, transA = 0, transB = 0, accumulate = 0, relu = 0 } = product;
        const pointers = [a, lda, b, ldb, c, n, accumulate, bias, relu, workspace] as const;
        kernels.gemm(transA, transB, m, n, k, ...pointers);
      }
    };
  };
}

/** `gemmPackB` into the bytes that `gemmPackedBytes` asks for, then `gemmPacked`. */
function packed(cases: readonly Product[]): KernelCheck {
  return (heap, tested) => {
    const calls = operands(heap, tested, cases).map((operand) => {
      const { n, k } = operand.product;
      return { ...operand, packedB: heap.workspace(tested.gemmPackedBytes(n, k)) };
    });
    return (kernels) => {
      for (const { product, a, lda, b, ldb, packedB, c, bias, workspace } of calls) {
        const { m, n, k, transA = 0, transB = 0, accumulate = 0, relu = 0 } = product;
        kernels.gemmPackB(transB, n, k, b, ldb, packedB);
        const pointers = [a, lda, packedB, c, n, accumulate, bias, relu, workspace] as const;
        kernels.gemmPacked(transA, m, n, k, ...pointers);
      }
    };
  };
}

function operands(heap: CheckHeap, tested: Kernels, cases: readonly Product[]) {
  const needed = cases.map(({ m, n, k, transA = 0, transB = 0 }) =>
    tested.gemmWorkspace(transA, transB, m, n, k),
  );
  const workspace = heap.workspace(Math.max(...needed));
  return cases.map((product) => {
    const { m, n, k, transA = 0, transB = 0, gap = 0 } = product;
    const lda = (transA ? m : k) + gap;
    const a = heap.floats(wholes((transA ? k : m) * lda, 13));
    const b = heap.floats(wholes(k * n, 11));
    const bias = heap.floats(wholes(n, 7));
    const c = heap.output(wholes(m * n, 5), 0);
    return { product, a, lda, b, ldb: transB ? k : n, bias, c, workspace };
  });
}
