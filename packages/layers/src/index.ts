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
export { checkCount, featuresOf } from './check.ts';
export { Dense, type DenseOptions } from './dense.ts';
export { Dropout, type DropoutOptions } from './dropout.ts';
export { Embedding, type EmbeddingOptions } from './embedding.ts';
export { type Initializer, namedInitializer, type SavedInitializer } from './initializer.ts';
export {
  type InitializerLike,
  type InitializerName,
  initializers,
  savedInitializer,
  toInitializer,
} from './initializers/initializers.ts';
export { Layer } from './layer.ts';
export { LayerNorm, type LayerNormOptions } from './layer-norm.ts';
export { type Config, type InputShape, Module, type ModuleOptions } from './module.ts';
export { forkDefaultStream, RandomSource } from './random-source.ts';
export { fromConfig, registerModule, type SavedModule, toConfig } from './registry.ts';
export { Sequential } from './sequential.ts';
export type { LoadOptions, LoadReport } from './state-dict.ts';
export { TiedDense, type TiedDenseOptions } from './tied-dense.ts';
