// SPDX-License-Identifier: Apache-2.0
import { defineOp } from '../op.ts';
import { normalizeAxes } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { mul } from './arithmetic.ts';
import { checkTensor } from './operand.ts';
import { pad } from './pad.ts';
import { type ReduceOptions, withoutAxes } from './reduce.ts';
import { reduce } from './reduction.ts';
import { slice } from './slice.ts';

interface OneAxis {
  readonly axis: number;
}

/** The declared op of `prod`, over one axis that is kept with size 1. */
export const prodOp = defineOp({
  name: 'prod',
  forward: ([x]: readonly [Tensor], { axis }: OneAxis) => reduce('prod', x, [axis]),
  save: ([x]) => [x],
  gradient: (dy, { saved: [x], attrs: { axis } }) => [() => mul(dy, productOfOthers(x, axis))],
});

/**
 * ∏ x over some axes; 1 over none. The gradient is right where there are zeros.
 *
 * @throws ValueError when an axis is out of range or repeated, DTypeError when x is not float32.
 */
export function prod(x: Tensor, options: ReduceOptions = {}): Tensor {
  checkTensor('prod', 'x', x);
  const axes = normalizeAxes('prod', options.axis, x.rank);
  const kept = axes.reduce((product, axis) => prodOp([product], { axis }), x);
  return withoutAxes(kept, axes, options);
}

/** At each i the product of all x but xᵢ: of those before it times those behind, with no division. */
function productOfOthers(x: Tensor, axis: number): Tensor {
  const n = x.shape[axis] ?? 1;
  let before = shift(x, axis, 1);
  let behind = shift(x, axis, -1);
  // Each doubling multiplies spans twice as long.
  for (let span = 1; span < n - 1; span *= 2) {
    before = mul(before, shift(before, axis, span));
    behind = mul(behind, shift(behind, axis, -span));
  }
  return mul(before, behind);
}

/** `x` moved along an axis, with ones where nothing came. */
function shift(x: Tensor, axis: number, by: number): Tensor {
  const n = x.shape[axis] ?? 1;
  const count = Math.min(Math.abs(by), n);
  const begin = x.shape.map((_, i) => (i === axis && by < 0 ? count : 0));
  const rest = slice(x, begin, x.shape.with(axis, n - count));
  const added = by > 0 ? ([count, 0] as const) : ([0, count] as const);
  return pad(
    rest,
    x.shape.map((_, i) => (i === axis ? added : [0, 0])),
    1,
  );
}
