// SPDX-License-Identifier: Apache-2.0
// The kernels without tensors, for benchmarks and for those who write their own fused ops.

export { kernels } from '../backend.ts';
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
export {
  type GruGradients,
  type GruSequence,
  gruBackward,
  gruForward,
} from './gru.ts';
export type { Kernels } from './kernels.ts';
export {
  availableBuilds,
  type KernelBuild,
  type LoadedKernels,
  type LoadKernelsOptions,
  loadKernels,
} from './load.ts';
export {
  type LstmGradients,
  type LstmSequence,
  lstmBackward,
  lstmForward,
} from './lstm.ts';
export {
  type AdamStepOptions,
  adamStep,
  type GradientScaling,
  type MomentumStepOptions,
  momentumStep,
  type RmspropStepOptions,
  rmspropStep,
  type UpdateBuffers,
} from './optimizer.ts';
export {
  type KernelMemory,
  type RecurrentGradients,
  type RecurrentSequence,
  type SequenceLayout,
  type SequenceShape,
  type StateMask,
  sequenceLayout,
  type ValidSteps,
} from './sequence.ts';
export {
  type SimpleRnnSequence,
  simpleRnnBackward,
  simpleRnnForward,
} from './simple-rnn.ts';
export { hasWideMode } from './wide.ts';
