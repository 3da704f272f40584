// SPDX-License-Identifier: Apache-2.0
// Makes the ops methods of tensors. Imported for its effect: the classes below import no op.
import { Tensor } from '../tensor.ts';
import { gelu, relu, sigmoid, silu, softplus, tanh } from './activations.ts';
import { argMax } from './arg-max.ts';
import { add, div, mul, sub } from './arithmetic.ts';
import { cast } from './cast.ts';
import { clip } from './clip.ts';
import { equal, greater, greaterEqual, less, lessEqual, notEqual } from './compare.ts';
import { cumsum } from './cumsum.ts';
import { dropout } from './dropout.ts';
import { erf, exp, log, log1p } from './exponential.ts';
import { maximum, minimum } from './extrema.ts';
import { gather, scatterAdd } from './gather.ts';
import { layerNorm } from './layer-norm.ts';
import { logSumExp } from './log-sum-exp.ts';
import { logicalAnd, logicalNot, logicalOr } from './logical.ts';
import { matMul } from './mat-mul.ts';
import { max, min } from './max-min.ts';
import { oneHot } from './one-hot.ts';
import { pad } from './pad.ts';
import { pow } from './power.ts';
import { prod } from './product.ts';
import { mean, sum } from './reduce.ts';
import { broadcastTo, expandDims, flatten, reshape, squeeze } from './reshape.ts';
import { reverse } from './reverse.ts';
import { slice } from './slice.ts';
import { logSoftmax, softmax } from './softmax.ts';
import { split } from './split.ts';
import { unstack } from './stack.ts';
import { tile } from './tile.ts';
import { topK } from './top-k.ts';
import { transpose } from './transpose.ts';
import { abs, neg, rsqrt, sign, sqrt, square } from './unary.ts';
import { variance } from './variance.ts';
import { where } from './where.ts';

/** The functions whose first argument may stand in front: `fn(x, …)` is `x.fn(…)`. */
const functions = {
  abs,
  add,
  argMax,
  broadcastTo,
  cast,
  clip,
  cumsum,
  div,
  dropout,
  equal,
  erf,
  exp,
  expandDims,
  flatten,
  gather,
  gelu,
  greater,
  greaterEqual,
  layerNorm,
  less,
  lessEqual,
  log,
  log1p,
  logSoftmax,
  logSumExp,
  logicalAnd,
  logicalNot,
  logicalOr,
  matMul,
  max,
  maximum,
  mean,
  min,
  minimum,
  mul,
  neg,
  notEqual,
  oneHot,
  pad,
  pow,
  prod,
  relu,
  reshape,
  reverse,
  rsqrt,
  scatterAdd,
  sigmoid,
  sign,
  silu,
  slice,
  softmax,
  softplus,
  split,
  sqrt,
  square,
  squeeze,
  sub,
  sum,
  tanh,
  tile,
  topK,
  transpose,
  unstack,
  variance,
  where,
};

type TensorFunction = (x: Tensor, ...rest: never[]) => unknown;

type MethodOf<F> = F extends (x: never, ...rest: infer Rest) => infer Result
  ? (...rest: Rest) => Result
  : never;

/** Each method does what the function of its name does, with the tensor as its first argument. */
export type TensorMethods = {
  [Name in keyof typeof functions]: MethodOf<(typeof functions)[Name]>;
};

declare module '../tensor.ts' {
  interface Tensor extends TensorMethods {}
}

for (const [name, fn] of Object.entries<TensorFunction>(functions)) {
  Object.defineProperty(Tensor.prototype, name, {
    value(this: Tensor, ...rest: never[]): unknown {
      return fn(this, ...rest);
    },
    configurable: true,
    writable: true,
  });
}
