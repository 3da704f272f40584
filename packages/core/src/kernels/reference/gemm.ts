// SPDX-License-Identifier: Apache-2.0

import { gemmActivations } from '../variants.ts';
import { float32View } from './views.ts';

/**
 * Matrix products of float32 in row-major order. `op(X)` is X, or its transpose where the flag is 1; C must not overlap
 * an input, the workspace or the bias.
 *
 * Each element of C is a sum over K in a fixed order that depends on neither addresses nor M, N or the function used.
 */
export interface GemmKernels {
  /**
   * `C[M, N] = activation((accumulate ? C : 0) + op(A)[M, K] · op(B)[K, N] + bias)`.
   *
   * @param transA 1 when A is stored [K, M], 0 when [M, K]
   * @param transB 1 when B is stored [N, K], 0 when [K, N]
   * @param lda elements from one stored row of A to the next
   * @param bias address of N floats, added to every row; 0 for none
   * @param activation one of `gemmActivations`
   * @param workspace address of `gemmWorkspace(transA, transB, m, n, k)` bytes
   */
  gemm(
    transA: number,
    transB: number,
    m: number,
    n: number,
    k: number,
    a: number,
    lda: number,
    b: number,
    ldb: number,
    c: number,
    ldc: number,
    accumulate: number,
    bias: number,
    activation: number,
    workspace: number,
  ): void;
  /** The bytes of workspace that `gemm` of this size needs; may be 0. */
  gemmWorkspace(transA: number, transB: number, m: number, n: number, k: number): number;
  /** Packs op(B)[K, N] for `gemmPacked`; `packed` is the address of `gemmPackedBytes(n, k)` bytes. */
  gemmPackB(transB: number, n: number, k: number, b: number, ldb: number, packed: number): void;
  /** The bytes that a packed [K, N] matrix takes. The layout inside is the build's own. */
  gemmPackedBytes(n: number, k: number): number;
  /** `gemm` with a B that `gemmPackB` of the same build has packed; workspace as for `gemm`. */
  gemmPacked(
    transA: number,
    m: number,
    n: number,
    k: number,
    a: number,
    lda: number,
    packed: number,
    c: number,
    ldc: number,
    accumulate: number,
    bias: number,
    activation: number,
    workspace: number,
  ): void;
}

/** The kernels of `GemmKernels` as plain loops that sum in float64. */
export function createGemmReference(memory: WebAssembly.Memory): GemmKernels {
  const gemm: GemmKernels['gemm'] = (
    transA,
    transB,
    m,
    n,
    k,
    a,
    lda,
    b,
    ldb,
    c,
    ldc,
    accumulate,
    bias,
    activation,
  ) => {
    const [viewA, viewB, viewC] = [
      float32View(memory, a),
      float32View(memory, b),
      float32View(memory, c),
    ];
    const viewBias = float32View(memory, bias);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = accumulate ? viewC.get(i * ldc + j) : 0;
        for (let p = 0; p < k; p++) {
          sum +=
            viewA.get(transA ? p * lda + i : i * lda + p) *
            viewB.get(transB ? j * ldb + p : p * ldb + j);
        }
        if (bias !== 0) sum += viewBias.get(j);
        viewC.set(i * ldc + j, activation === gemmActivations.relu && sum < 0 ? 0 : sum);
      }
    }
  };
  return {
    gemm,
    gemmWorkspace: () => 0,
    gemmPackB(transB, n, k, b, ldb, packed) {
      const [from, to] = [float32View(memory, b), float32View(memory, packed)];
      for (let p = 0; p < k; p++) {
        for (let j = 0; j < n; j++) to.set(p * n + j, from.get(transB ? j * ldb + p : p * ldb + j));
      }
    },
    gemmPackedBytes: (n, k) => 4 * n * k,
    gemmPacked(transA, m, n, k, a, lda, packed, c, ldc, accumulate, bias, activation, workspace) {
      gemm(transA, 0, m, n, k, a, lda, packed, n, c, ldc, accumulate, bias, activation, workspace);
    },
  };
}
