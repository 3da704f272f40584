// SPDX-License-Identifier: Apache-2.0

import type { Kernels } from '../kernels.ts';
import { createActivationGradReference } from './activation-grad.ts';
import { createBinaryReference } from './binary.ts';
import { createCompareReference } from './compare.ts';
import { createCopyReference } from './copy.ts';
import { createCrossEntropyReference } from './cross-entropy.ts';
import { createGatherScatterReference } from './gather-scatter.ts';
import { createGemmReference } from './gemm.ts';
import { createLayerNormReference } from './layer-norm.ts';
import { createPhiloxReference } from './philox.ts';
import { createReductionReference } from './reduction.ts';
import { createSoftmaxReference } from './softmax.ts';
import { createUnaryReference } from './unary.ts';

/**
 * The scalar TypeScript form of every kernel, working in place on `memory`: the oracle of the kernels' tests and the
 * fallback where the runtime has no WebAssembly SIMD.
 */
export function createReferenceKernels(memory: WebAssembly.Memory): Kernels {
  return {
    ...createGemmReference(memory),
    ...createPhiloxReference(memory),
    ...createGatherScatterReference(memory),
    ...createCopyReference(memory),
    ...createUnaryReference(memory),
    ...createActivationGradReference(memory),
    ...createBinaryReference(memory),
    ...createCompareReference(memory),
    ...createReductionReference(memory),
    ...createSoftmaxReference(memory),
    ...createCrossEntropyReference(memory),
    ...createLayerNormReference(memory),
  };
}
