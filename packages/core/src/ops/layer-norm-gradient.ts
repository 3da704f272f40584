// SPDX-License-Identifier: Apache-2.0
import { kernels } from '../backend.ts';
import { zerosLike } from '../create.ts';
import { defineMultiOp } from '../op.ts';
import { tidy } from '../scope.ts';
import { Tensor } from '../tensor.ts';
import { withTape } from '../with-tape.ts';
import { add, mul, sub } from './arithmetic.ts';
import { mean, sum, sumTo } from './reduce.ts';
import { rsqrt, square } from './unary.ts';

type Inputs = readonly [x: Tensor, gamma: Tensor, dy: Tensor, mean: Tensor, rstd: Tensor];
type Gradients = readonly [dx: Tensor, dgamma: Tensor, dbeta: Tensor];

/**
 * The gradients of `layerNorm` by the fused kernel. Its own gradient differentiates the same equations
 * written with ops; `mean` and `rstd` are functions of x there, so that none flows to them.
 */
export const layerNormGradientOp = defineMultiOp({
  name: 'layerNormGradient',
  forward: ([x, gamma, dy, mean, rstd]: Inputs, _: { readonly epsilon: number }) => {
    return tidy(() => {
      const dx = Tensor.empty(x.shape, 'float32', 'layerNorm');
      const dgamma = Tensor.empty(gamma.shape, 'float32', 'layerNorm');
      const dbeta = Tensor.empty(gamma.shape, 'float32', 'layerNorm');
      kernels().layerNormGrad(
        x.pointer,
        gamma.pointer,
        mean.pointer,
        rstd.pointer,
        dy.pointer,
        dx.pointer,
        dgamma.pointer,
        dbeta.pointer,
        mean.size,
        gamma.size,
      );
      return [dx, dgamma, dbeta];
    });
  },
  save: ([x, gamma, dy]) => [x, gamma, dy],
  gradient: (changes, { saved, attrs: { epsilon } }) => {
    let all: readonly (Tensor | null)[] | undefined;
    const gradients = saved.map((source, i) => {
      // One tensor in two places gets its whole gradient in the first.
      if (saved.findIndex(({ id }) => id === source.id) !== i) return null;
      return () => {
        all ??= differentiate(saved, epsilon, changes);
        return all[i] ?? zerosLike(source);
      };
    });
    return [...gradients, null, null];
  },
});

/** d(Σ changeᵢ · gradientᵢ) with respect to x, gamma and dy. */
function differentiate(
  sources: readonly [x: Tensor, gamma: Tensor, dy: Tensor],
  epsilon: number,
  changes: readonly (Tensor | null)[],
): readonly (Tensor | null)[] {
  return withTape((tape) => {
    for (const source of sources) tape.watch(source);
    const target = tape.record(() =>
      composed(...sources, epsilon)
        .map((gradient, i) => [gradient, changes[i] ?? null] as const)
        .flatMap(([gradient, change]) => (change === null ? [] : [sum(mul(gradient, change))]))
        .reduce((total, part) => add(total, part)),
    );
    return tape.gradient(target, sources, { unconnected: 'null' });
  });
}

/** With x̂ = (x − μ)·r and g = dy·γ: dx = r·(g − mean(g) − x̂·mean(g·x̂)), dγ = Σ dy·x̂, dβ = Σ dy. */
function composed(x: Tensor, gamma: Tensor, dy: Tensor, epsilon: number): Gradients {
  const centered = sub(x, rowMean(x));
  const r = rsqrt(add(rowMean(square(centered)), epsilon));
  const xHat = mul(centered, r);
  const g = mul(dy, gamma);
  const slope = mul(xHat, rowMean(mul(g, xHat)));
  const dx = mul(r, sub(sub(g, rowMean(g)), slope));
  return [dx, sumTo(mul(dy, xHat), gamma.shape), sumTo(dy, gamma.shape)];
}

function rowMean(x: Tensor): Tensor {
  return mean(x, { axis: -1, keepDims: true });
}
