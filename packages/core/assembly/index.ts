// SPDX-License-Identifier: Apache-2.0
// Every kernel that the modules export, by family. A family is one file; a name that is exported here must also be
// in the family's interface in src/kernels/reference, with the same argument order.

export { configure } from './inline/configuration'
export { gemm, gemmPackB, gemmPacked, gemmPackedBytes, gemmWorkspace } from './gemm'
export { philoxBits, philoxDropout, philoxMask, philoxUniform } from './philox'
export { firstIndexOutOfRange, gatherRows, scatterAddRows } from './gather-scatter'
export { copyRows, fill, permutedCopy, transpose } from './copy'
export { abs, clip, erf, exp, expm1, floor, geluErf, geluTanh, log, log1p, neg, reciprocal, relu, rsqrt, sigmoid, sign, silu, softplus, sqrt, square, tanh } from './unary'
export { geluErfGrad, geluTanhGrad, reluGrad, sigmoidGrad, siluGrad, softplusGrad, tanhGrad } from './activation-grad'
export { add, addInPlace, affine, axpby, div, maximum, minimum, mul, pow, squaredDifference, sub } from './binary'
export { equal, greater, greaterEqual, less, lessEqual, notEqual, select } from './compare'
export { argMax, max, mean, min, prod, sum, sumOfSquares } from './reduction'
export { logSoftmax, logSoftmaxGrad, logSumExp, softmax, softmaxGrad } from './softmax'
export { softmaxCrossEntropy, softmaxCrossEntropyGrad } from './cross-entropy'
export { layerNorm, layerNormGrad } from './layer-norm'
export { lstmGates, lstmGatesGrad } from './lstm'
export { lstmSequenceBackward, lstmSequenceForward, lstmSequenceWorkspace } from './lstm-sequence'
export { gruCandidate, gruCandidateGrad, gruGates, gruGatesGrad, gruResetGates, gruResetGatesGrad } from './gru'
export { gruSequenceBackward, gruSequenceForward, gruSequenceWorkspace } from './gru-sequence'
export { simpleRnnGrad, simpleRnnSequenceBackward, simpleRnnSequenceForward, simpleRnnSequenceWorkspace } from './simple-rnn'
export { adamUpdate, momentumUpdate, rmspropUpdate, sgdUpdate } from './optimizer'
export { scaleInPlace, squaredNorm } from './norm'
