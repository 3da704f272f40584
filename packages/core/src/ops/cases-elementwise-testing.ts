// SPDX-License-Identifier: Apache-2.0
import { tensor } from '../create.ts';
import { type Shape, sizeOf } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { type FixtureOptions, sines } from '../testing/fixtures.ts';
import { gelu, relu, sigmoid, silu, softplus, tanh } from './activations.ts';
import { argMax } from './arg-max.ts';
import { add, div, mul, sub } from './arithmetic.ts';
import { cast } from './cast.ts';
import { clip } from './clip.ts';
import { equal, greater, greaterEqual, less, lessEqual, notEqual } from './compare.ts';
import { softmaxCrossEntropy, softmaxCrossEntropyGradientOp } from './cross-entropy.ts';
import { cumsum } from './cumsum.ts';
import { erf, exp, log, log1p } from './exponential.ts';
import { maximum, minimum } from './extrema.ts';
import {
  type DifferentiableCase,
  elementwise,
  type GradientCheck,
  type OpCase,
  pairwise,
} from './gradient-case-testing.ts';
import { logSumExp } from './log-sum-exp.ts';
import { logicalAnd, logicalNot, logicalOr } from './logical.ts';
import { max, min } from './max-min.ts';
import type { OpName } from './names.ts';
import { pow } from './power.ts';
import { prod } from './product.ts';
import { type ReduceOptions, sum } from './reduce.ts';
import { logSoftmax, type SoftmaxOptions, softmax } from './softmax.ts';
import { topK } from './top-k.ts';
import { abs, neg, rsqrt, sign, sqrt, square } from './unary.ts';
import { where } from './where.ts';

const positive: FixtureOptions = { offset: 2 };

/** The gradient checks of elementwise ops, reductions and losses. */
export const elementwiseCases = {
  neg: elementwise(neg),
  square: elementwise(square),
  sqrt: elementwise(sqrt, positive),
  rsqrt: elementwise(rsqrt, positive),
  exp: elementwise(exp),
  log: elementwise(log, positive),
  log1p: elementwise(log1p, { scale: 0.5 }),
  abs: elementwise(abs),
  sign: elementwise(sign),
  relu: elementwise(relu),
  gelu: joined(
    elementwise((x) => gelu(x), { scale: 2 }),
    elementwise((x) => gelu(x, { approximate: true }), { scale: 2 }),
  ),
  silu: elementwise(silu, { scale: 2 }),
  softplus: elementwise(softplus, { scale: 2 }),
  tanh: elementwise(tanh),
  sigmoid: elementwise(sigmoid, { scale: 2 }),
  erf: elementwise(erf),
  clip: elementwise((x) => clip(x, -0.5, 0.5)),
  cast: elementwise((x) => cast(x, 'float32')),
  add: pairwise(add),
  sub: pairwise(sub),
  mul: pairwise(mul),
  div: pairwise(div, { b: positive }),
  pow: pairwise(pow, { a: positive, b: { offset: 0.5 } }),
  minimum: pairwise(minimum),
  maximum: pairwise(maximum),
  equal: { notDifferentiable: (x) => equal(x, 0) },
  notEqual: { notDifferentiable: (x) => notEqual(x, 0) },
  greater: { notDifferentiable: (x) => greater(x, 0) },
  greaterEqual: { notDifferentiable: (x) => greaterEqual(x, 0) },
  less: { notDifferentiable: (x) => less(x, 0) },
  lessEqual: { notDifferentiable: (x) => lessEqual(x, 0) },
  logicalAnd: { notDifferentiable: (x) => logicalAnd(greater(x, 0), less(x, 1)) },
  logicalOr: { notDifferentiable: (x) => logicalOr(greater(x, 0), less(x, 1)) },
  logicalNot: { notDifferentiable: (x) => logicalNot(greater(x, 0)) },
  where: {
    order: 2,
    checks: [
      chosen('scalars', [], [], []),
      chosen('vectors', [5], [5], [5]),
      chosen('row condition', [3], [2, 3], [2, 3]),
      chosen('column condition, rows', [2, 1], [3], [3]),
      chosen('scalar and matrix', [2, 3], [], [2, 3]),
      chosen('matrix and scalar', [2, 3], [2, 3], []),
      chosen('zero-size', [0, 3], [3], []),
      {
        at: 'reuse of one tensor',
        fn: (x) => where(greater(sines([4]), 0), x, square(x)),
        inputs: () => [sines([4], { start: 1 })],
      },
    ],
  },
  sum: reduction(sum),
  max: reduction(max, { emptyAxis: false }),
  min: reduction(min, { emptyAxis: false }),
  prod: reduction(prod),
  argMax: { notDifferentiable: (x) => argMax(x) },
  topK: { notDifferentiable: (x) => topK(x, 2).values },
  cumsum: {
    order: 2,
    checks: [
      along('vector', [5], (x) => cumsum(x)),
      along('columns', [3, 2], (x) => cumsum(x, { axis: 0 })),
      along('exclusive', [2, 3], (x) => cumsum(x, { exclusive: true })),
      along('reverse', [2, 3], (x) => cumsum(x, { reverse: true })),
      along('exclusive, reverse, middle axis', [2, 3, 2], (x) =>
        cumsum(x, { axis: 1, exclusive: true, reverse: true }),
      ),
      along('reuse of one tensor', [4], (x) => mul(x, cumsum(x))),
      along('zero-size', [0, 3], (x) => cumsum(x)),
    ],
  },
  logSumExp: reduction(logSumExp),
  softmax: competing(softmax),
  logSoftmax: competing(logSoftmax),
  softmaxCrossEntropy: {
    order: 2,
    checks: [
      along('one entry', [3], (x) => softmaxCrossEntropy(x, labels([]))),
      along('mean', [2, 3], (x) => softmaxCrossEntropy(x, labels([2]))),
      along('sum', [2, 3], (x) => softmaxCrossEntropy(x, labels([2]), { reduction: 'sum' })),
      along('none', [2, 2, 3], (x) =>
        softmaxCrossEntropy(x, labels([2, 2]), { reduction: 'none' }),
      ),
      along('masked mean', [4, 3], (x) => softmaxCrossEntropy(x, labels([4]), { mask: mask([4]) })),
      along('reuse of one tensor', [2, 3], (x) => mul(x, softmaxCrossEntropy(x, labels([2])))),
      along('zero-size', [0, 3], (x) => softmaxCrossEntropy(x, labels([0]))),
    ],
  },
  softmaxCrossEntropyGradient: {
    order: 2,
    checks: [
      change('rows', [2], (dy, x) => softmaxCrossEntropyGradientOp([dy, x, labels([2])])),
      change('masked rows', [4], (dy, x) =>
        softmaxCrossEntropyGradientOp([dy, x, labels([4]), mask([4])]),
      ),
      change('reuse of one tensor', [3], (dy, x) =>
        softmaxCrossEntropyGradientOp([dy, mul(x, dy), labels([3])]),
      ),
      change('zero-size', [0], (dy, x) => softmaxCrossEntropyGradientOp([dy, x, labels([0])])),
    ],
  },
} satisfies Partial<Record<OpName, OpCase>>;

function joined(...cases: readonly DifferentiableCase[]): DifferentiableCase {
  return { order: 2, checks: cases.flatMap(({ checks }) => checks) };
}

function along(at: string, shape: Shape, fn: (x: Tensor) => Tensor): GradientCheck {
  return { at, fn, inputs: () => [sines(shape, { start: 1 })] };
}

/** A check of a function of d(loss) of each entry and of its three logits. */
function change(at: string, entries: Shape, fn: (dy: Tensor, x: Tensor) => Tensor): GradientCheck {
  const inputs = () => [sines(entries, { start: 3 }), sines([...entries, 3], { start: 1 })];
  return { at, fn, inputs };
}

/** A check of `where` with a condition that holds here and there. */
function chosen(at: string, condition: Shape, a: Shape, b: Shape): GradientCheck {
  return {
    at,
    fn: (x, y) => where(greater(sines(condition, { start: 2 }), 0), x, y),
    inputs: () => [sines(a, { start: 1 }), sines(b, { start: 7 })],
  };
}

/** The checks that softmax and logSoftmax need. */
function competing(fn: (x: Tensor, options?: SoftmaxOptions) => Tensor): DifferentiableCase {
  return {
    order: 2,
    checks: [
      along('vector', [5], (x) => fn(x)),
      along('matrix', [2, 3], (x) => fn(x)),
      along('columns', [3, 2], (x) => fn(x, { axis: 0 })),
      along('middle axis', [2, 3, 2], (x) => fn(x, { axis: 1 })),
      along('reuse of one tensor', [4], (x) => mul(x, fn(x))),
      along('zero-size', [0, 3], (x) => fn(x)),
      along('empty axis', [2, 0], (x) => fn(x)),
    ],
  };
}

/** Labels 0, 1, 2, 0, … */
function labels(shape: Shape): Tensor {
  const values = Array.from({ length: sizeOf(shape) }, (_, i) => i % 3);
  return tensor(values, shape, 'int32');
}

/** Every entry but the second, sixth, … */
function mask(shape: Shape): Tensor {
  const values = Array.from({ length: sizeOf(shape) }, (_, i) => i % 4 !== 1);
  return tensor(values, shape, 'bool');
}

type Reduce = (x: Tensor, options?: ReduceOptions) => Tensor;

/** The checks that every reduction needs; elements lie apart by more than a difference's step. */
function reduction(fn: Reduce, { emptyAxis = true } = {}): DifferentiableCase {
  const empty = along('empty axis', [2, 0], (x) => fn(x, { axis: 1 }));
  const twoZeros = () => [tensor([0, 1.5, -0.75, 0, 2], [5])];
  return {
    order: 2,
    checks: [
      along('scalar', [], (x) => fn(x)),
      along('vector', [5], (x) => fn(x)),
      along('matrix', [2, 3], (x) => fn(x)),
      along('rows', [2, 3], (x) => fn(x, { axis: -1 })),
      along('columns', [2, 3], (x) => fn(x, { axis: 0 })),
      along('outer and inner axes kept', [2, 3, 2], (x) => fn(x, { axis: [0, 2], keepDims: true })),
      along('neighbouring axes', [2, 2, 3], (x) => fn(x, { axis: [1, 2] })),
      along('reuse of one tensor', [4], (x) => mul(x, fn(x))),
      along('zero-size', [0, 3], (x) => fn(x, { axis: 1 })),
      { at: 'two zeros, which tie for none', fn: (x) => fn(x), inputs: twoZeros },
      ...(emptyAxis ? [empty] : []),
    ],
  };
}
