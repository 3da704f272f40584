// SPDX-License-Identifier: Apache-2.0
import { normalizeAxes } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { div, sub } from './arithmetic.ts';
import { checkTensor } from './operand.ts';
import { countOf, mean, type ReduceOptions, sum } from './reduce.ts';
import { square } from './unary.ts';

/** Options of `variance`. */
export interface VarianceOptions extends ReduceOptions {
  /** Delta degrees of freedom: the sum of squares is divided by n − ddof. Default 0. */
  readonly ddof?: number;
}

/**
 * The mean squared distance from the mean, Σ(x − mean)²/(n − ddof), over some axes; NaN where
 * n ≤ ddof.
 *
 * `ddof` 0 is the variance of the values themselves (NumPy's and TensorFlow's default), 1 the
 * unbiased estimate of the variance of what they are a sample of (PyTorch's default).
 *
 * @throws ValueError when an axis is out of range or repeated, DTypeError when x is not float32.
 */
export function variance(x: Tensor, options: VarianceOptions = {}): Tensor {
  checkTensor('variance', 'x', x);
  const { ddof = 0, axis } = options;
  const axes = normalizeAxes('variance', axis, x.rank);
  const deviation = sub(x, mean(x, { axis: axes, keepDims: true }));
  const degrees = countOf(x.shape, axes) - ddof;
  return div(sum(square(deviation), options), degrees > 0 ? degrees : Number.NaN);
}
