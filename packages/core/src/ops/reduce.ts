// SPDX-License-Identifier: Apache-2.0
import { defineOp } from '../op.ts';
import { broadcastAxes, normalizeAxes, type Shape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { div } from './arithmetic.ts';
import { numeric } from './elementwise.ts';
import { checkTensor } from './operand.ts';
import { reduce } from './reduction.ts';
import { broadcastTo, reshape } from './reshape.ts';

/** Which axes a reduction runs over, and whether they stay with size 1. */
export interface ReduceOptions {
  /** One axis, several, or all of them by default. Negative ones count from the end. */
  readonly axis?: number | readonly number[];
  /** Keep the reduced axes with size 1. Default false. */
  readonly keepDims?: boolean;
}

interface Axes {
  readonly axes: readonly number[];
}

/** The declared op of `sum`; reduced axes are kept with size 1. */
export const sumOp = defineOp({
  name: 'sum',
  forward: ([x]: readonly [Tensor], { axes }: Axes) => reduce('sum', x, axes),
  gradient: (dy, { inputs: [x] }) => [() => broadcastTo(dy, x?.shape ?? [])],
});

/**
 * Σ x over some axes; 0 over none.
 *
 * @param x float32 or int32, which wraps modulo 2³².
 * @throws ValueError when an axis is out of range or repeated.
 */
export function sum(x: Tensor, options: ReduceOptions = {}): Tensor {
  checkTensor('sum', 'x', x, numeric);
  const axes = normalizeAxes('sum', options.axis, x.rank);
  return withoutAxes(sumOp([x], { axes }), axes, options);
}

/**
 * The arithmetic mean Σx/n over some axes; NaN over none.
 *
 * @throws ValueError when an axis is out of range or repeated, DTypeError when x is not float32.
 */
export function mean(x: Tensor, options: ReduceOptions = {}): Tensor {
  checkTensor('mean', 'x', x);
  const axes = normalizeAxes('mean', options.axis, x.rank);
  const count = countOf(x.shape, axes);
  return withoutAxes(div(sumOp([x], { axes }), count), axes, options);
}

/** Sums over the axes that broadcasting a tensor of `shape` to `x`'s would have repeated. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  return reshape(sumOp([x], { axes: broadcastAxes(shape, x.shape) }), shape);
}

/** The result of a reduction, which kept `axes` with size 1, as the options ask for it. */
export function withoutAxes(
  kept: Tensor,
  axes: readonly number[],
  { keepDims = false }: ReduceOptions,
): Tensor {
  if (keepDims || axes.length === 0) return kept;
  return reshape(
    kept,
    kept.shape.filter((_, axis) => !axes.includes(axis)),
  );
}

/** How many elements each result of a reduction comes from. */
export function countOf(shape: Shape, axes: readonly number[]): number {
  return axes.reduce((product, axis) => product * (shape[axis] ?? 1), 1);
}
