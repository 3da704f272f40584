// SPDX-License-Identifier: Apache-2.0
import type { OpProperties } from '../op.ts';
import { geluOp, reluOp, sigmoidOp, siluOp, softplusOp, tanhOp } from './activations.ts';
import { argMaxOp } from './arg-max.ts';
import { addOp, divOp, mulOp, subOp } from './arithmetic.ts';
import { castOp } from './cast.ts';
import { clipOp } from './clip.ts';
import { equalOp, greaterEqualOp, greaterOp, lessEqualOp, lessOp, notEqualOp } from './compare.ts';
import { concatOp } from './concat.ts';
import { softmaxCrossEntropyGradientOp, softmaxCrossEntropyOp } from './cross-entropy.ts';
import { cumsumOp } from './cumsum.ts';
import { dropoutOp } from './dropout.ts';
import { erfOp, expOp, log1pOp, logOp } from './exponential.ts';
import { maximumOp, minimumOp } from './extrema.ts';
import { gatherOp, scatterAddOp } from './gather.ts';
import { gruSequenceOp } from './gru-sequence.ts';
import { layerNormOp } from './layer-norm.ts';
import { layerNormGradientOp } from './layer-norm-gradient.ts';
import { logSumExpOp } from './log-sum-exp.ts';
import { logicalAndOp, logicalNotOp, logicalOrOp } from './logical.ts';
import { lstmSequenceOp } from './lstm-sequence.ts';
import { matMulOp } from './mat-mul.ts';
import { maxOp, minOp } from './max-min.ts';
import type { OpName } from './names.ts';
import { oneHotOp } from './one-hot.ts';
import { padOp } from './pad.ts';
import { powOp } from './power.ts';
import { prodOp } from './product.ts';
import { sumOp } from './reduce.ts';
import { broadcastToOp, reshapeOp } from './reshape.ts';
import { reverseOp } from './reverse.ts';
import { simpleRnnSequenceOp } from './simple-rnn-sequence.ts';
import { sliceOp } from './slice.ts';
import { logSoftmaxOp, softmaxOp } from './softmax.ts';
import { splitOp } from './split.ts';
import { stackOp, unstackOp } from './stack.ts';
import { tileOp } from './tile.ts';
import { topKOp } from './top-k.ts';
import { transposeOp } from './transpose.ts';
import { absOp, negOp, rsqrtOp, signOp, sqrtOp, squareOp } from './unary.ts';
import { whereOp } from './where.ts';

/** Every declared op by its name: one that is missing, or lacks a rule, does not compile. */
export const opTable: { readonly [Name in OpName]: OpProperties } = {
  neg: negOp,
  square: squareOp,
  sqrt: sqrtOp,
  rsqrt: rsqrtOp,
  exp: expOp,
  log: logOp,
  log1p: log1pOp,
  abs: absOp,
  sign: signOp,
  relu: reluOp,
  gelu: geluOp,
  silu: siluOp,
  softplus: softplusOp,
  tanh: tanhOp,
  sigmoid: sigmoidOp,
  erf: erfOp,
  clip: clipOp,
  cast: castOp,
  add: addOp,
  sub: subOp,
  mul: mulOp,
  div: divOp,
  pow: powOp,
  minimum: minimumOp,
  maximum: maximumOp,
  equal: equalOp,
  notEqual: notEqualOp,
  greater: greaterOp,
  greaterEqual: greaterEqualOp,
  less: lessOp,
  lessEqual: lessEqualOp,
  logicalAnd: logicalAndOp,
  logicalOr: logicalOrOp,
  logicalNot: logicalNotOp,
  where: whereOp,
  matMul: matMulOp,
  sum: sumOp,
  max: maxOp,
  min: minOp,
  prod: prodOp,
  argMax: argMaxOp,
  topK: topKOp,
  cumsum: cumsumOp,
  logSumExp: logSumExpOp,
  softmax: softmaxOp,
  logSoftmax: logSoftmaxOp,
  reshape: reshapeOp,
  transpose: transposeOp,
  slice: sliceOp,
  pad: padOp,
  concat: concatOp,
  stack: stackOp,
  unstack: unstackOp,
  split: splitOp,
  reverse: reverseOp,
  broadcastTo: broadcastToOp,
  tile: tileOp,
  gather: gatherOp,
  scatterAdd: scatterAddOp,
  oneHot: oneHotOp,
  dropout: dropoutOp,
  layerNorm: layerNormOp,
  layerNormGradient: layerNormGradientOp,
  softmaxCrossEntropy: softmaxCrossEntropyOp,
  softmaxCrossEntropyGradient: softmaxCrossEntropyGradientOp,
  lstmSequence: lstmSequenceOp,
  gruSequence: gruSequenceOp,
  simpleRnnSequence: simpleRnnSequenceOp,
};
