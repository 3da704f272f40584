// SPDX-License-Identifier: Apache-2.0
import { tensor } from '../create.ts';
import { RandomStream } from '../random.ts';
import type { Shape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { sines } from '../testing/fixtures.ts';
import { add, mul } from './arithmetic.ts';
import { cast } from './cast.ts';
import { concat } from './concat.ts';
import { dropout } from './dropout.ts';
import { gather, scatterAdd } from './gather.ts';
import type { DifferentiableCase, GradientCheck, OpCase } from './gradient-case-testing.ts';
import { layerNorm, layerNormOp } from './layer-norm.ts';
import { layerNormGradientOp } from './layer-norm-gradient.ts';
import { matMul } from './mat-mul.ts';
import type { OpName } from './names.ts';
import { oneHot } from './one-hot.ts';
import { pad } from './pad.ts';
import { broadcastTo, flatten, reshape } from './reshape.ts';
import { reverse } from './reverse.ts';
import { slice } from './slice.ts';
import { split } from './split.ts';
import { stack, unstack } from './stack.ts';
import { tile } from './tile.ts';
import { transpose } from './transpose.ts';

const both = { transposeA: true, transposeB: true };
const noiseShape = [3, 1];
const epsilon = { epsilon: 0.1 };

/** The gradient checks of products, moves of elements, indexing, dropout and layer normalization. */
export const shapeCases = {
  matMul: twice(
    at('vector by vector', (a, b) => matMul(a, b), [1, 4], [4, 1]),
    at('matrices', (a, b) => matMul(a, b), [2, 3], [3, 4]),
    at('a transposed', (a, b) => matMul(a, b, { transposeA: true }), [3, 2], [3, 4]),
    at('b transposed', (a, b) => matMul(a, b, { transposeB: true }), [2, 3], [4, 3]),
    at('both transposed', (a, b) => matMul(a, b, both), [3, 2], [4, 3]),
    at('batches', (a, b) => matMul(a, b), [2, 2, 3], [2, 3, 2]),
    at('broadcast batches', (a, b) => matMul(a, b), [2, 1, 2, 3], [3, 3, 2]),
    at('batch and matrix', (a, b) => matMul(a, b), [2, 2, 3], [3, 2]),
    at('matrix and batch', (a, b) => matMul(a, b), [2, 3], [2, 3, 2]),
    at('reuse of one tensor', (a) => matMul(a, a, { transposeB: true }), [3, 2]),
    at('zero-size', (a, b) => matMul(a, b), [2, 0], [0, 3]),
  ),
  reshape: moves((x) => reshape(x, [-1]), [], [4], [2, 3], [2, 1, 3, 2]),
  transpose: moves((x) => transpose(x), [], [4], [2, 3], [2, 1, 3, 2]),
  slice: twice(
    at('vector', (x) => slice(x, 1, 2), [4]),
    at('rows', (x) => slice(x, 1, 2), [4, 2]),
    at('columns', (x) => slice(x, [0, 1], [2, 2]), [2, 4]),
    at('rank 4', (x) => slice(x, [1, 0, 1, 0], [1, 2, 1, 3]), [2, 2, 3, 3]),
    at('reuse of one tensor', (x) => mul(slice(x, 0, 2), slice(x, 1, 2)), [3]),
    at('nothing', (x) => slice(x, 2, 0), [3, 2]),
    at('zero-size', (x) => slice(x, [0, 1]), [0, 3]),
  ),
  pad: twice(
    at('scalar', (x) => pad(x, []), []),
    at('vector', (x) => pad(x, [[1, 2]], 3), [3]),
    at(
      'matrix',
      (x) =>
        pad(x, [
          [1, 0],
          [0, 2],
        ]),
      [2, 3],
    ),
    at(
      'rank 4',
      (x) =>
        pad(x, [
          [0, 1],
          [1, 0],
          [1, 1],
          [0, 2],
        ]),
      [2, 1, 2, 2],
    ),
    at('reuse of one tensor', (x) => mul(pad(x, [[1, 0]]), pad(x, [[0, 1]])), [3]),
    at(
      'zero-size',
      (x) =>
        pad(x, [
          [1, 0],
          [0, 0],
        ]),
      [0, 3],
    ),
  ),
  concat: twice(
    at('vectors', (a, b) => concat([a, b]), [2], [3]),
    at('columns', (a, b) => concat([a, b], 1), [2, 2], [2, 3]),
    at('rank 4', (a, b) => concat([a, b], 2), [2, 1, 2, 2], [2, 1, 1, 2]),
    at('reuse of one tensor', (x) => concat([x, x, mul(x, 2)]), [2, 2]),
    at('zero-size', (a, b) => concat([a, b]), [0, 2], [1, 2]),
  ),
  stack: twice(
    at('scalars', (a, b) => stack([a, b]), [], []),
    at('vectors', (a, b) => stack([a, b], 1), [3], [3]),
    at('matrices', (a, b) => stack([a, b], -1), [2, 3], [2, 3]),
    at('reuse of one tensor', (x) => stack([x, x, mul(x, 2)]), [2]),
    at('zero-size', (a, b) => stack([a, b], 1), [0, 2], [0, 2]),
  ),
  unstack: twice(
    at('vector', (x) => weighted(unstack(x)), [3]),
    at('rows', (x) => weighted(unstack(x)), [3, 2]),
    at('columns', (x) => weighted(unstack(x, 1)), [2, 3]),
    at('rank 4', (x) => weighted(unstack(x, 2)), [2, 1, 3, 2]),
    at('one entry of many', (x) => unstack(x)[1] ?? x, [3, 2]),
    at('reuse of one entry', (x) => weighted([...unstack(x), ...unstack(x)]), [2, 2]),
    at('zero-size', (x) => weighted(unstack(x)), [2, 0]),
  ),
  split: twice(
    at('vector', (x) => weighted(split(x, 2)), [4]),
    at('columns', (x) => weighted(split(x, 3, 1)), [2, 3]),
    at('uneven', (x) => split(x, [1, 3], 1)[1] ?? x, [2, 4]),
    at('rank 4', (x) => weighted(split(x, 2, 2)), [2, 1, 4, 2]),
    at('reuse of one part', (x) => weighted([...split(x, 2), ...split(x, 2)]), [4]),
    at('zero-size', (x) => weighted(split(x, 2)), [2, 0]),
  ),
  reverse: moves((x) => reverse(x), [], [4], [2, 3], [2, 1, 3, 2]),
  broadcastTo: twice(
    at('scalar', (x) => broadcastTo(x, [2, 3]), []),
    at('vector', (x) => broadcastTo(x, [2, 3]), [3]),
    at('column', (x) => broadcastTo(x, [2, 3]), [2, 1]),
    at('rank 4', (x) => broadcastTo(x, [2, 2, 3, 2]), [2, 1, 3, 1]),
    at('reuse of one tensor', (x) => mul(broadcastTo(x, [2, 2]), x), [2]),
    at('to nothing', (x) => broadcastTo(x, [0, 2]), [2]),
    at('zero-size', (x) => broadcastTo(x, [3, 0]), [0]),
  ),
  tile: twice(
    at('scalar', (x) => tile(x, []), []),
    at('vector', (x) => tile(x, [3]), [2]),
    at('matrix', (x) => tile(x, [2, 3]), [2, 2]),
    at('rank 4', (x) => tile(x, [1, 2, 1, 2]), [2, 1, 2, 2]),
    at('reuse of one tensor', (x) => mul(tile(x, [2]), tile(x, [2])), [2]),
    at('zero-size', (x) => tile(x, [2, 2]), [0, 2]),
  ),
  gather: twice(
    at('vector', (x) => gather(x, indices(2, 0, 2)), [3]),
    at('rows', (x) => gather(x, indices(2, 0, 2, 2)), [3, 2]),
    at('columns', (x) => gather(x, indices(1, 1, 0), 1), [2, 3]),
    at('rank 4', (x) => gather(x, reshape(indices(0, 2, 1, 2), [2, 2]), 2), [2, 1, 3, 2]),
    at('reuse of one tensor', (x) => mul(gather(x, indices(0, 1)), gather(x, indices(1, 1))), [2]),
    at('zero-size', (x) => gather(x, indices()), [3, 2]),
  ),
  scatterAdd: twice(
    at('scalar', (x) => scatterAdd(x, reshape(indices(1), []), 3), []),
    at('vector', (x) => scatterAdd(x, indices(2, 0, 2), 4), [3]),
    at('rows', (x) => scatterAdd(x, indices(2, 0, 2), 4), [3, 2]),
    at('columns', (x) => scatterAdd(x, indices(1, 1, 0), 2, 1), [2, 3]),
    at('reuse of one tensor', (x) => mul(scatterAdd(x, indices(1, 1, 0), 3), x), [3]),
    at('zero-size', (x) => scatterAdd(x, indices(), 3), [0, 2]),
  ),
  oneHot: { notDifferentiable: (x) => oneHot(cast(x, 'int32'), 4) },
  dropout: twice(
    at('scalar', (x) => dropout(x, 0.5, { stream: new RandomStream(2) }), []),
    at('vector', (x) => dropout(x, 0.5, { stream: new RandomStream(2) }), [7]),
    at('matrix', (x) => dropout(x, 0.2, { stream: new RandomStream(2) }), [3, 4]),
    at('shared mask', (x) => dropout(x, 0.5, { noiseShape, stream: new RandomStream(2) }), [3, 4]),
    at('reuse of one tensor', (x) => mul(x, dropout(x, 0.5, { stream: new RandomStream(2) })), [6]),
    at('zero-size', (x) => dropout(x, 0.5, { stream: new RandomStream(2) }), [0, 3]),
  ),
  layerNorm: twice(
    at('vector', (x, gamma, beta) => layerNorm(x, gamma, beta, epsilon), [5], [5], [5]),
    at('matrix', (x, gamma, beta) => layerNorm(x, gamma, beta, epsilon), [2, 3], [3], [3]),
    at('rank 4', (x, gamma, beta) => layerNorm(x, gamma, beta, epsilon), [2, 1, 2, 3], [3], [3]),
    at('reuse of one tensor', (x) => layerNorm(x, x, x, epsilon), [4]),
    at('zero-size', (x, gamma, beta) => layerNorm(x, gamma, beta, epsilon), [0, 3], [3], [3]),
  ),
  layerNormGradient: twice(
    at('vector', layerNormGradients, [4], [4], [4]),
    at('matrix', layerNormGradients, [2, 3], [3], [2, 3]),
    at('rank 4', layerNormGradients, [2, 1, 2, 2], [2], [2, 1, 2, 2]),
    at('reuse of one tensor', (x) => layerNormGradients(x, x, x), [3]),
    at('zero-size', layerNormGradients, [0, 3], [3], [0, 3]),
  ),
} as const satisfies Partial<Record<OpName, OpCase>>;

/** One check: the function and the shapes of its inputs. */
function at(name: string, fn: (...inputs: Tensor[]) => Tensor, ...shapes: Shape[]): GradientCheck {
  const inputs = () => shapes.map((shape, i) => sines(shape, { start: 1 + 5 * i, scale: 1.5 }));
  return { at: name, fn, inputs };
}

/** An op whose first and second derivatives are checked. */
function twice(...checks: GradientCheck[]): DifferentiableCase {
  return { order: 2, checks };
}

/** A move of elements, at some shapes, at a tensor used twice and at none. */
function moves(fn: (x: Tensor) => Tensor, ...shapes: Shape[]): DifferentiableCase {
  return twice(
    ...shapes.map((shape) => at(`rank ${shape.length}`, fn, shape)),
    at('reuse of one tensor', (x) => mul(fn(x), fn(mul(x, x))), [2, 2]),
    at('zero-size', fn, [0, 3]),
  );
}

/** Σ i · tensorᵢ²: every part counts, each differently, and not linearly. */
function weighted(parts: readonly Tensor[]): Tensor {
  return parts
    .map((part, i) => mul(mul(part, part), i + 1))
    .reduce((total, part) => add(total, part));
}

function indices(...values: number[]): Tensor {
  return tensor(values, [values.length], 'int32');
}

/** dx, dgamma and dbeta of `layerNorm`, from x, gamma and dy, in one vector. */
function layerNormGradients(...[x, gamma, dy]: Tensor[]): Tensor {
  if (x === undefined || gamma === undefined || dy === undefined) return tensor([]);
  const [, mean = x, rstd = x] = layerNormOp([x, gamma, gamma], epsilon);
  const gradients = layerNormGradientOp([x, gamma, dy, mean, rstd], epsilon);
  return concat(gradients.map(flatten));
}
