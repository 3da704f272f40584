// SPDX-License-Identifier: Apache-2.0
import { kernels } from '../backend.ts';
import { argumentMessage, ShapeError, ValueError } from '../errors.ts';
import { defineMultiOp } from '../op.ts';
import { tidy } from '../scope.ts';
import { showShape } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { layerNormGradientOp } from './layer-norm-gradient.ts';
import { checkTensor } from './operand.ts';

/** Options of `layerNorm`. */
export interface LayerNormOptions {
  /** Added to the variance. Default 1e-3, as in Keras (PyTorch: 1e-5). */
  readonly epsilon?: number;
}

type Inputs = readonly [x: Tensor, gamma: Tensor, beta: Tensor];

/** The declared op of `layerNorm`: the result, and each row's mean μ and 1/√(σ² + ε) for backward. */
export const layerNormOp = defineMultiOp({
  name: 'layerNorm',
  forward: ([x, gamma, beta]: Inputs, { epsilon }: Required<LayerNormOptions>) => {
    const rows = x.shape.slice(0, -1);
    return tidy(() => {
      const y = Tensor.empty(x.shape, 'float32', 'layerNorm');
      const mean = Tensor.empty(rows, 'float32', 'layerNorm');
      const rstd = Tensor.empty(rows, 'float32', 'layerNorm');
      kernels().layerNorm(
        x.pointer,
        gamma.pointer,
        beta.pointer,
        y.pointer,
        mean.pointer,
        rstd.pointer,
        mean.size,
        gamma.size,
        epsilon,
      );
      return [y, mean, rstd] as const;
    });
  },
  save: ([x, gamma], [, mean, rstd]) => [x, gamma, mean, rstd],
  gradient: ([dy], { saved: [x, gamma, mean, rstd], attrs }) => {
    if (dy === null || dy === undefined) return [null, null, null];
    let all: readonly Tensor[] | undefined;
    return [0, 1, 2].map((i) => () => {
      all ??= layerNormGradientOp([x, gamma, dy, mean, rstd], attrs);
      return all[i] ?? dy;
    });
  },
});

/**
 * Layer normalization over the last axis: `y = (x − μ) / √(σ² + ε) · γ + β`, with the mean μ and the
 * variance σ² (divided by n, not n − 1) of each row.
 *
 * Shapes: x `[..., features]`, gamma and beta `[features]`, result as x. All float32.
 *
 * @throws ShapeError when x is a scalar or gamma or beta is not of shape `[features]`; ValueError when
 *   `epsilon` is not a finite number of at least 0.
 * @see Ba, Kiros and Hinton 2016, "Layer Normalization", equation 4. ε is under the root, as in Keras
 *   and PyTorch.
 */
export function layerNorm(
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
  { epsilon = 1e-3 }: LayerNormOptions = {},
): Tensor {
  const op = 'layerNorm';
  checkTensor(op, 'x', x);
  checkTensor(op, 'gamma', gamma);
  checkTensor(op, 'beta', beta);
  const features = x.shape.at(-1);
  if (features === undefined) {
    const expected = 'of at least one dimension';
    throw new ShapeError(argumentMessage({ op, argument: 'x', expected, received: x.shape }));
  }
  for (const [argument, { rank, size, shape }] of Object.entries({ gamma, beta })) {
    if (rank === 1 && size === features) continue;
    const expected = `of shape [${features}], the last size of x ${showShape(x.shape)}`;
    const received = showShape(shape);
    throw new ShapeError(argumentMessage({ op, argument, expected, received }));
  }
  if (!(Number.isFinite(epsilon) && epsilon >= 0)) {
    const expected = 'a finite number of at least 0';
    throw new ValueError(argumentMessage({ op, argument: 'epsilon', expected, received: epsilon }));
  }
  const [y, ...statistics] = layerNormOp([x, gamma, beta], { epsilon });
  for (const each of statistics) each.dispose();
  return y;
}
