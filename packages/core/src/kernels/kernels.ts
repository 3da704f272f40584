// SPDX-License-Identifier: Apache-2.0

import type { ActivationGradKernels } from './reference/activation-grad.ts';
import type { AdagradKernels } from './reference/adagrad.ts';
import type { AdamVariantKernels } from './reference/adam-variants.ts';
import type { BinaryKernels } from './reference/binary.ts';
import type { CompareKernels } from './reference/compare.ts';
import type { CopyKernels } from './reference/copy.ts';
import type { CrossEntropyKernels } from './reference/cross-entropy.ts';
import type { GatherScatterKernels } from './reference/gather-scatter.ts';
import type { GemmKernels } from './reference/gemm.ts';
import type { GruKernels } from './reference/gru.ts';
import type { GruSequenceKernels } from './reference/gru-sequence.ts';
import type { LayerNormKernels } from './reference/layer-norm.ts';
import type { LstmKernels } from './reference/lstm.ts';
import type { LstmSequenceKernels } from './reference/lstm-sequence.ts';
import type { NormKernels } from './reference/norm.ts';
import type { OptimizerKernels } from './reference/optimizer.ts';
import type { PhiloxKernels } from './reference/philox.ts';
import type { ReductionKernels } from './reference/reduction.ts';
import type { SimpleRnnKernels } from './reference/simple-rnn.ts';
import type { SoftmaxKernels } from './reference/softmax.ts';
import type { UnaryKernels } from './reference/unary.ts';

/**
 * Every kernel, as one table of functions.
 *
 * The WASM modules and the scalar reference implement the same table. Pointers are byte addresses in the shared heap,
 * sizes and leading dimensions count elements, flags are 0 or 1. A kernel allocates nothing: results, scratch and
 * workspace come from the caller, and a `…Workspace` function tells how many bytes are needed. Kernels trust their
 * arguments; the adapters in this folder check them.
 */
export interface Kernels
  extends GemmKernels,
    PhiloxKernels,
    GatherScatterKernels,
    CopyKernels,
    UnaryKernels,
    ActivationGradKernels,
    BinaryKernels,
    CompareKernels,
    ReductionKernels,
    SoftmaxKernels,
    CrossEntropyKernels,
    LayerNormKernels,
    LstmKernels,
    LstmSequenceKernels,
    GruKernels,
    GruSequenceKernels,
    SimpleRnnKernels,
    OptimizerKernels,
    AdamVariantKernels,
    AdagradKernels,
    NormKernels {}
