// SPDX-License-Identifier: Apache-2.0
import './ops/backward-arithmetic.ts';
import './ops/methods.ts';

export { AnomalyError, detectAnomaly } from './anomaly.ts';
export { type InitOptions, init, type RuntimeInfo, runtimeInfo } from './backend.ts';
export { checkpoint } from './checkpoint.ts';
export {
  fill,
  ones,
  onesLike,
  range,
  scalar,
  type TensorLike,
  tensor,
  zeros,
  zerosLike,
} from './create.ts';
export { customGradient, lift, type ValueWithGradient } from './custom-gradient.ts';
export type { DType, TypedArray } from './dtype.ts';
export {
  argumentMessage,
  DisposedError,
  DTypeError,
  GradientError,
  OutOfMemoryError,
  RuntimeError,
  ShapeError,
  TapeloopError,
  ValueError,
} from './errors.ts';
export type { NestedArray } from './format.ts';
export {
  type Gradients,
  grad,
  type SparseGradients,
  type ValueAndGrad,
  type ValueAndGradOptions,
  type Vjp,
  valueAndGrad,
  vjp,
  type WithLoss,
} from './grad.ts';
export { type Gradient, IndexedSlices } from './indexed-slices.ts';
export { withPath } from './ledger.ts';
export { type GeluOptions, gelu, relu, sigmoid, silu, softplus, tanh } from './ops/activations.ts';
export { type ArgMaxOptions, argMax } from './ops/arg-max.ts';
export { add, div, mul, sub } from './ops/arithmetic.ts';
export { cast } from './ops/cast.ts';
export { clip } from './ops/clip.ts';
export { equal, greater, greaterEqual, less, lessEqual, notEqual } from './ops/compare.ts';
export { concat } from './ops/concat.ts';
export { type SoftmaxCrossEntropyOptions, softmaxCrossEntropy } from './ops/cross-entropy.ts';
export { type CumsumOptions, cumsum } from './ops/cumsum.ts';
export { type DropoutOptions, dropout, dropoutMask } from './ops/dropout.ts';
export { einsum } from './ops/einsum.ts';
export { erf, exp, log, log1p } from './ops/exponential.ts';
export { maximum, minimum } from './ops/extrema.ts';
export { gather, scatterAdd } from './ops/gather.ts';
export { type GruSequenceArguments, gruSequence } from './ops/gru-sequence.ts';
export { coalesce, toDense } from './ops/indexed-slices.ts';
export { type LayerNormOptions, layerNorm } from './ops/layer-norm.ts';
export { logSumExp } from './ops/log-sum-exp.ts';
export { logicalAnd, logicalNot, logicalOr } from './ops/logical.ts';
export {
  type LstmSequenceArguments,
  type LstmSequenceResult,
  lstmSequence,
} from './ops/lstm-sequence.ts';
export { type MatMulOptions, matMul } from './ops/mat-mul.ts';
export { max, min } from './ops/max-min.ts';
export { type MeanSquaredErrorOptions, meanSquaredError } from './ops/mean-squared-error.ts';
export { resolveNoiseShape } from './ops/noise-shape.ts';
export { type OneHotOptions, oneHot } from './ops/one-hot.ts';
export type { Operand } from './ops/operand.ts';
export { type Paddings, pad } from './ops/pad.ts';
export { pow } from './ops/power.ts';
export { prod } from './ops/product.ts';
export {
  type NormalOptions,
  normal,
  type RandomOptions,
  truncatedNormal,
  type UniformOptions,
  uniform,
} from './ops/random-tensors.ts';
export { mean, type ReduceOptions, sum } from './ops/reduce.ts';
export type { LossReduction } from './ops/reduce-loss.ts';
export { broadcastTo, expandDims, flatten, reshape, squeeze } from './ops/reshape.ts';
export { reverse } from './ops/reverse.ts';
export type { RecurrentSequenceResult, SequenceOptions } from './ops/sequence-inputs.ts';
export {
  type SimpleRnnSequenceArguments,
  simpleRnnSequence,
} from './ops/simple-rnn-sequence.ts';
export { slice } from './ops/slice.ts';
export { logSoftmax, type SoftmaxOptions, softmax } from './ops/softmax.ts';
export { split } from './ops/split.ts';
export { stack, unstack } from './ops/stack.ts';
export { tile } from './ops/tile.ts';
export { type TopK, topK } from './ops/top-k.ts';
export { transpose } from './ops/transpose.ts';
export { abs, neg, rsqrt, sign, sqrt, square } from './ops/unary.ts';
export { type VarianceOptions, variance } from './ops/variance.ts';
export { where } from './ops/where.ts';
export { Parameter, type ParameterOptions } from './parameter.ts';
export {
  checkAnySeed,
  checkSeed,
  defaultRandomStream,
  type PhiloxPosition,
  RandomStream,
  type RandomStreamState,
  setSeed,
  streamFromSeed,
} from './random.ts';
export { stopRecording } from './recording.ts';
export {
  type DecodeSafetensorsOptions,
  decodeSafetensors,
  encodeSafetensors,
  type SafetensorsContent,
  type SafetensorsEntry,
} from './safetensors.ts';
export { SafetensorsError } from './safetensors-format.ts';
export { dispose, keep, type MemoryReport, memory, tidy } from './scope.ts';
export { type Shape, sameShape, showShape, sizeOf } from './shape.ts';
export { stopGradient } from './stop-gradient.ts';
export { type GradientOptions, GradientTape } from './tape.ts';
export { Tensor } from './tensor.ts';
export {
  type Seed,
  type TensorFlowSeeds,
  type TensorFlowSource,
  tensorFlowStart,
} from './tensorflow-seeds.ts';
export { mapTensors, stateRecord, type Tree, tensorsIn } from './tree.ts';
