// SPDX-License-Identifier: Apache-2.0
import { defineOp } from '../op.ts';
import { normalizeAxis } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { numeric } from './elementwise.ts';
import { checkTensor } from './operand.ts';
import { viewOfAxis } from './reduction.ts';

/** Options of `cumsum`. */
export interface CumsumOptions {
  /** The axis to sum along. Default the last. */
  readonly axis?: number;
  /** Leave the element itself out of its sum. Default false. */
  readonly exclusive?: boolean;
  /** Sum from the end. Default false. */
  readonly reverse?: boolean;
}

/** The declared op of `cumsum`. */
export const cumsumOp = defineOp({
  name: 'cumsum',
  forward: ([x]: readonly [Tensor], options: Required<CumsumOptions>) => accumulate(x, options),
  // Each xᵢ is in the sums at i and behind it: their gradients are summed from the other end.
  gradient: (dy, { attrs }) => [() => cumsum(dy, { ...attrs, reverse: !attrs.reverse })],
});

/**
 * The running sum yᵢ = Σ xⱼ over j ≤ i along an axis; with `exclusive` over j < i, with `reverse`
 * over j ≥ i (j > i with both). Sums are carried in float64.
 *
 * @param x float32 or int32, which wraps modulo 2³²; not a scalar.
 * @throws ValueError when the axis is out of range.
 */
export function cumsum(x: Tensor, options: CumsumOptions = {}): Tensor {
  checkTensor('cumsum', 'x', x, numeric);
  const { axis = -1, exclusive = false, reverse = false } = options;
  return cumsumOp([x], { axis: normalizeAxis('cumsum', axis, x.rank), exclusive, reverse });
}

function accumulate(x: Tensor, { axis, exclusive, reverse }: Required<CumsumOptions>): Tensor {
  const out = Tensor.empty(x.shape, x.dtype, 'cumsum');
  const [from, to] = [x.view(), out.view()];
  const { outer, n, inner } = viewOfAxis(x.shape, axis);
  const step = reverse ? -inner : inner;
  for (let i = 0; i < outer * inner; i++) {
    let at = Math.floor(i / inner) * n * inner + (i % inner) + (reverse ? (n - 1) * inner : 0);
    let total = 0;
    for (let j = 0; j < n; j++, at += step) {
      const value = from[at] ?? 0;
      to[at] = exclusive ? total : total + value;
      total += value;
    }
  }
  return out;
}
