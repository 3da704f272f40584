// SPDX-License-Identifier: Apache-2.0
export { chain, type TransformsOf } from './chain.ts';
export { globalNorm } from './global-norm.ts';
export { type GradientRow, gradientReport } from './gradient-report.ts';
export {
  type FindLearningRateOptions,
  findLearningRate,
  type LearningRateSweep,
} from './learning-rate-finder.ts';
export { NonMonotonicTrigger, type NonMonotonicTriggerState } from './non-monotonic-trigger.ts';
export {
  type MinimizeReport,
  Optimizer,
  type OptimizerOptions,
  type StepReport,
} from './optimizer.ts';
export type { ParameterFilter } from './options.ts';
export {
  type AdadeltaMoments,
  type AdadeltaNumbers,
  type AdadeltaOptions,
  type AdadeltaState,
  adadelta,
  adadeltaUpdate,
} from './rules/adadelta.ts';
export {
  type AdafactorNumbers,
  type AdafactorOptions,
  type AdafactorState,
  adafactor,
} from './rules/adafactor.ts';
export {
  type AdagradNumbers,
  type AdagradOptions,
  type AdagradState,
  adagrad,
  adagradUpdate,
} from './rules/adagrad.ts';
export {
  type AdamMoments,
  type AdamNumbers,
  type AdamOptions,
  type AdamState,
  adam,
  adamUpdate,
} from './rules/adam.ts';
export { type AdamaxMoments, type AdamaxState, adamax, adamaxUpdate } from './rules/adamax.ts';
export { type AdamwNumbers, type AdamwOptions, adamw, adamwUpdate } from './rules/adamw.ts';
export {
  type AmsgradMoments,
  type AmsgradState,
  amsgrad,
  amsgradUpdate,
} from './rules/amsgrad.ts';
export {
  type AsgdNumbers,
  type AsgdOptions,
  type AsgdState,
  type AveragingTrigger,
  asgd,
  asgdNumbers,
  asgdUpdate,
} from './rules/asgd.ts';
export { type LambOptions, lamb, trustRatio } from './rules/lamb.ts';
export {
  type LionNumbers,
  type LionOptions,
  type LionState,
  lion,
  lionUpdate,
} from './rules/lion.ts';
export {
  type MuonOptions,
  type MuonScaling,
  type MuonState,
  muon,
  muonScale,
} from './rules/muon.ts';
export {
  type NadamNumbers,
  type NadamOptions,
  type NadamState,
  nadam,
  nadamNumbers,
  nadamUpdate,
} from './rules/nadam.ts';
export {
  type NewtonSchulzCoefficients,
  type OrthogonalizeOptions,
  orthogonalize,
} from './rules/orthogonalize.ts';
export { radam, radamUpdate, rectification } from './rules/radam.ts';
export {
  type RmspropMoments,
  type RmspropNumbers,
  type RmspropOptions,
  type RmspropState,
  rmsprop,
  rmspropUpdate,
} from './rules/rmsprop.ts';
export { type SgdNumbers, type SgdOptions, type SgdState, sgd, sgdUpdate } from './rules/sgd.ts';
export { sparseAdam, sparseAdamUpdate } from './rules/sparse-adam.ts';
export {
  type CosineDecayOptions,
  type CosineRestartsOptions,
  cosineDecay,
  cosineRestarts,
} from './schedules/cosine.ts';
export { type CyclicMode, type CyclicOptions, cyclic } from './schedules/cyclic.ts';
export { type ExponentialDecayOptions, exponentialDecay } from './schedules/exponential-decay.ts';
export {
  type InverseSquareRootOptions,
  inverseSquareRoot,
} from './schedules/inverse-square-root.ts';
export { joinSchedules } from './schedules/join.ts';
export { type OneCycleOptions, oneCycle } from './schedules/one-cycle.ts';
export { type PolynomialDecayOptions, polynomialDecay } from './schedules/polynomial-decay.ts';
export {
  ReduceOnPlateau,
  type ReduceOnPlateauOptions,
  type ReduceOnPlateauState,
} from './schedules/reduce-on-plateau.ts';
export { constant, type Schedule } from './schedules/schedule.ts';
export {
  type MultiStepDecayOptions,
  multiStepDecay,
  type StepDecayOptions,
  stepDecay,
} from './schedules/step-decay.ts';
export { type WarmupOptions, warmup } from './schedules/warmup.ts';
export { type WarmupCosineOptions, warmupCosine } from './schedules/warmup-cosine.ts';
export type { Slots } from './slots.ts';
export { decodeOptimizerState, encodeOptimizerState } from './state-file.ts';
export type { OptimizerState } from './state-snapshot.ts';
export type {
  GradientTransform,
  ScalarCell,
  SparseSteps,
  StateEntries,
  StepContext,
  Updates,
} from './transform.ts';
export { type AccumulationState, accumulateGradients } from './transforms/accumulate.ts';
export { type AdaptiveClipOptions, adaptiveClip } from './transforms/adaptive-clip.ts';
export {
  type AverageParametersOptions,
  type AverageState,
  averageParameters,
} from './transforms/average-parameters.ts';
export { clipByGlobalNorm } from './transforms/clip-by-global-norm.ts';
export { clipByNorm } from './transforms/clip-by-norm.ts';
export { clipByValue } from './transforms/clip-by-value.ts';
export {
  type GradientNoiseOptions,
  type GradientNoiseState,
  gradientNoise,
  noiseDeviation,
} from './transforms/gradient-noise.ts';
export { inspect } from './transforms/inspect.ts';
export { type LookaheadOptions, type LookaheadState, lookahead } from './transforms/lookahead.ts';
export {
  freeze,
  type ParameterGroup,
  type ParameterGroupsState,
  parameterGroups,
} from './transforms/parameter-groups.ts';
export {
  type DecoupledWeightDecayOptions,
  decoupledWeightDecay,
  type WeightDecayOptions,
  weightDecay,
} from './transforms/weight-decay.ts';
