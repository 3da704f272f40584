// SPDX-License-Identifier: Apache-2.0
// What computes a reduction: the only place that knows.
import { kernels } from '../backend.ts';
import { tidy } from '../scope.ts';
import { type Shape, sizeOf } from '../shape.ts';
import { Tensor } from '../tensor.ts';

/** Reductions of some axes to one value each. */
export type Reduction = keyof typeof integerFolds;

/** A tensor seen as `[outer, n, inner]`, of which n is worked on. */
export interface AxisView {
  readonly outer: number;
  readonly n: number;
  readonly inner: number;
}

/** Integers have no kernel; sums wrap modulo 2³². */
const integerFolds = {
  sum: { start: 0, step: (total: number, value: number) => (total + value) | 0 },
  prod: { start: 1, step: Math.imul },
  max: { start: Number.NEGATIVE_INFINITY, step: Math.max },
  min: { start: Number.POSITIVE_INFINITY, step: Math.min },
} as const;

/** The value of a reduction; the axes, which count from 0, are kept with size 1. */
export function reduce(name: Reduction, x: Tensor, axes: readonly number[]): Tensor {
  return tidy(() => {
    let result = x;
    for (const view of runsOf(x.shape, axes)) result = reduceAxis(name, result, view);
    return result.shareAs(keptShape(x.shape, axes), name);
  });
}

/** `shape` with `axes` of size 1. */
export function keptShape(shape: Shape, axes: readonly number[]): Shape {
  return shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
}

/** A shape seen from one of its axes. */
export function viewOfAxis(shape: Shape, axis: number): AxisView {
  return {
    outer: sizeOf(shape.slice(0, axis)),
    n: shape[axis] ?? 1,
    inner: sizeOf(shape.slice(axis + 1)),
  };
}

/**
 * Steps that reduce neighbouring axes together, last ones first: [2, 3, 4, 5] over axes 1, 2 is the
 * one step [2, 12, 5].
 */
export function runsOf(shape: Shape, axes: readonly number[]): AxisView[] {
  const dims: { size: number; isReduced: boolean }[] = [];
  shape.forEach((size, axis) => {
    if (size === 1) return;
    const isReduced = axes.includes(axis);
    const left = dims.at(-1);
    if (left?.isReduced === isReduced) left.size *= size;
    else dims.push({ size, isReduced });
  });
  const sizes = dims.map(({ size }) => size);
  const runs: AxisView[] = [];
  for (let i = dims.length - 1; i >= 0; i--) {
    if (dims[i]?.isReduced !== true) continue;
    runs.push(viewOfAxis(sizes, i));
    sizes.splice(i, 1);
  }
  return runs;
}

function reduceAxis(name: Reduction, x: Tensor, { outer, n, inner }: AxisView): Tensor {
  const out = Tensor.empty([outer, inner], x.dtype, name);
  if (x.dtype === 'int32') foldIntegers(name, x, out, { outer, n, inner });
  else kernels()[name](x.pointer, out.pointer, outer, n, inner);
  return out;
}

function foldIntegers(name: Reduction, x: Tensor, out: Tensor, { n, inner }: AxisView): void {
  const [from, to] = [x.view(), out.view()];
  const { start, step } = integerFolds[name];
  for (let i = 0; i < to.length; i++) {
    const first = Math.floor(i / inner) * n * inner + (i % inner);
    let total = start;
    for (let j = 0; j < n; j++) total = step(total, from[first + j * inner] ?? 0);
    to[i] = total;
  }
}
