// SPDX-License-Identifier: Apache-2.0

import type { Kernels } from '../kernels.ts';
import { createActivationGradReference } from './activation-grad.ts';
import { createAdagradReference } from './adagrad.ts';
import { createAdamVariantReference } from './adam-variants.ts';
import { createBinaryReference } from './binary.ts';
import { createCompareReference } from './compare.ts';
import { createCopyReference } from './copy.ts';
import { createCrossEntropyReference } from './cross-entropy.ts';
import { createGatherScatterReference } from './gather-scatter.ts';
import { createGemmReference } from './gemm.ts';
import { createGruReference } from './gru.ts';
import { createGruSequenceReference } from './gru-sequence.ts';
import { createLayerNormReference } from './layer-norm.ts';
import { createLstmReference } from './lstm.ts';
import { createLstmSequenceReference } from './lstm-sequence.ts';
import { createNormReference } from './norm.ts';
import { createOptimizerReference } from './optimizer.ts';
import { createPhiloxReference } from './philox.ts';
import { createReductionReference } from './reduction.ts';
import { createSimpleRnnReference } from './simple-rnn.ts';
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
    ...createLstmReference(memory),
    ...createLstmSequenceReference(memory),
    ...createGruReference(memory),
    ...createGruSequenceReference(memory),
    ...createSimpleRnnReference(memory),
    ...createOptimizerReference(memory),
    ...createAdamVariantReference(memory),
    ...createAdagradReference(memory),
    ...createNormReference(memory),
  };
}
