// SPDX-License-Identifier: Apache-2.0

import { conv2dBackpropFilter, conv2dBackpropInput } from './conv2d-grad.ts';
import { depthwiseBackpropFilter, depthwiseBackpropInput } from './depthwise-grad.ts';
import type { AnyDropIn } from './drop-in.ts';
import { einsum } from './einsum.ts';
import { binary, comparison, unary } from './elementwise.ts';
import { fusedMatMul } from './fused-mat-mul.ts';
import { gatherV2 } from './gather.ts';
import { batchMatMul } from './mat-mul.ts';
import { reduction } from './reduction.ts';
import { unsortedSegmentSum } from './segment-sum.ts';
import { slice, splitV, unpack } from './slice.ts';
import { overRows } from './softmax.ts';
import { transpose } from './transpose.ts';

/** Every drop-in under tfjs's name of its kernel. */
export const dropIns = {
  BatchMatMul: batchMatMul,
  _FusedMatMul: fusedMatMul,
  Exp: unary('exp'),
  Expm1: unary('expm1'),
  Log: unary('log'),
  Log1p: unary('log1p'),
  Tanh: unary('tanh'),
  Sigmoid: unary('sigmoid'),
  Softplus: unary('softplus'),
  Erf: unary('erf'),
  Sqrt: unary('sqrt'),
  Rsqrt: unary('rsqrt'),
  Reciprocal: unary('reciprocal'),
  Floor: unary('floor'),
  Add: binary('add'),
  Sub: binary('sub'),
  Multiply: binary('mul'),
  RealDiv: binary('div'),
  Maximum: binary('maximum'),
  Minimum: binary('minimum'),
  SquaredDifference: binary('squaredDifference'),
  Equal: comparison('equal'),
  NotEqual: comparison('notEqual'),
  Less: comparison('less'),
  LessEqual: comparison('lessEqual'),
  Greater: comparison('greater'),
  GreaterEqual: comparison('greaterEqual'),
  Sum: reduction('sum'),
  Mean: reduction('mean'),
  Prod: reduction('prod'),
  Max: reduction('max'),
  Min: reduction('min'),
  Softmax: overRows('softmax'),
  LogSoftmax: overRows('logSoftmax'),
  Transpose: transpose,
  Slice: slice,
  SplitV: splitV,
  Unpack: unpack,
  GatherV2: gatherV2,
  Einsum: einsum,
  UnsortedSegmentSum: unsortedSegmentSum,
  Conv2DBackpropFilter: conv2dBackpropFilter,
  Conv2DBackpropInput: conv2dBackpropInput,
  DepthwiseConv2dNativeBackpropFilter: depthwiseBackpropFilter,
  DepthwiseConv2dNativeBackpropInput: depthwiseBackpropInput,
} satisfies Record<string, AnyDropIn>;

/** tfjs's name of a kernel that Tapeloop computes. */
export type DropInName = keyof typeof dropIns;

/** All names. */
export const dropInNames: readonly DropInName[] = Object.keys(dropIns).filter(
  (name): name is DropInName => name in dropIns,
);
