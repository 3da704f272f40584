// SPDX-License-Identifier: Apache-2.0
export { Activation } from './activation.ts';
export {
  type ActivationFunction,
  type ActivationLike,
  type ActivationName,
  activations,
  savedActivation,
  toActivation,
} from './activations.ts';
export { AlphaDropout, alphaDropoutMap } from './alpha-dropout.ts';
export {
  type CallContext,
  callPath,
  enclosingTraining,
  enterCall,
  isDryRun,
  joinPath,
  resolveTraining,
  type TrainingFlag,
  withTraining,
} from './call-context.ts';
export { checkCount, checkEpsilon, checkOptions, featuresOf } from './check.ts';
export { Dense, type DenseOptions } from './dense.ts';
export { Dropout } from './dropout.ts';
export { DropoutLayer, type DropoutLayerOptions } from './dropout-layer.ts';
export { Embedding, type EmbeddingOptions } from './embedding.ts';
export { EmbeddingDropout, type EmbeddingDropoutOptions } from './embedding-dropout.ts';
export { GaussianDropout } from './gaussian-dropout.ts';
export { type Initializer, namedInitializer, type SavedInitializer } from './initializer.ts';
export {
  type InitializerLike,
  type InitializerName,
  initializers,
  savedInitializer,
  toInitializer,
} from './initializers/initializers.ts';
export { fromKerasConfig, type KerasConfigOptions, toKerasConfig } from './keras-config.ts';
export type { KerasConfig, KerasObject } from './keras-object.ts';
export { Layer } from './layer.ts';
export { LayerNorm, type LayerNormOptions } from './layer-norm.ts';
export { type LegacyLayer, noGraph, scopeNameOf } from './legacy-layer.ts';
export type { DropoutOptions } from './masked-dropout.ts';
export { Masking, type MaskingOptions } from './masking.ts';
export {
  type Config,
  type InputShape,
  Module,
  type ModuleOptions,
  type ModuleParameterOptions,
} from './module.ts';
export type { NoiseShape } from './noise-shape.ts';
export { forkDefaultStream, RandomSource } from './random-source.ts';
export { type CheckedRate, checkRate, type Rate, savedRate, trainingRate } from './rate.ts';
export { fromConfig, registerModule, type SavedModule, toConfig } from './registry.ts';
export {
  type Regularizer,
  type RegularizerLike,
  type RegularizerName,
  regularizers,
  type SavedRegularizer,
  savedRegularizer,
  toRegularizer,
} from './regularizer.ts';
export { Sequential } from './sequential.ts';
export { SpatialDropout1D } from './spatial-dropout-1d.ts';
export type { LoadOptions, LoadReport } from './state-dict.ts';
export { TiedDense, type TiedDenseOptions } from './tied-dense.ts';
export { TimeDistributed } from './time-distributed.ts';
export {
  V1Dropout,
  type V1DropoutFunctionOptions,
  type V1DropoutOptions,
  v1Dropout,
} from './v1-dropout.ts';
