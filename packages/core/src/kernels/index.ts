// SPDX-License-Identifier: Apache-2.0
// The kernels without tensors, for benchmarks and for those who write their own fused ops.

export {
  type GemmOptions,
  type MatrixView,
  multiply,
  multiplyPacked,
  type PackedMatrix,
  packedBytes,
  packMatrix,
  type Scratch,
} from './gemm.ts';
export type { Kernels } from './kernels.ts';
export {
  availableBuilds,
  type KernelBuild,
  type LoadedKernels,
  type LoadKernelsOptions,
  loadKernels,
} from './load.ts';
export { hasWideMode } from './wide.ts';
