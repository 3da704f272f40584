// SPDX-License-Identifier: Apache-2.0
import { add, matMul, mul, type Tensor, tidy } from '@tapeloop/core';
import { normOf } from '../global-norm.ts';

/** a, b, c of the polynomial `a·x + b·x³ + c·x⁵` that each iteration applies to singular values. */
export type NewtonSchulzCoefficients = readonly [number, number, number];

/** Options of `orthogonalize`. */
export interface OrthogonalizeOptions {
  /** Default Jordan's: (3.4445, −4.775, 2.0315), which takes values above 0.01 to within 0.7 … 1.2. */
  readonly coefficients?: NewtonSchulzCoefficients;
  /** Iterations, at least 0. Default 5. */
  readonly iterations?: number;
  /** The least norm that the matrix is divided by. Default 1e-7. */
  readonly epsilon?: number;
}

/**
 * A matrix with the singular vectors of `x` and singular values near 1, by Newton and Schulz's
 * iteration:
 *
 * ```
 * X₀ = x / max(‖x‖, ε)            A = X·Xᵀ
 * X ← a·X + (b·A + c·A²)·X
 * ```
 *
 * @param x `[rows, columns]`. Where there are more rows, A is the smaller XᵀX, on the other side.
 * @see Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks".
 */
export function orthogonalize(x: Tensor, options: OrthogonalizeOptions = {}): Tensor {
  const { coefficients = jordan, iterations = 5, epsilon = 1e-7 } = options;
  const [rows = 0, columns = 0] = x.shape;
  return tidy(() => {
    let result = mul(x, 1 / Math.max(normOf(x), epsilon));
    for (let i = 0; i < iterations; i++) result = iterate(result, coefficients, rows > columns);
    return result;
  });
}

const jordan: NewtonSchulzCoefficients = [3.4445, -4.775, 2.0315];

function iterate(x: Tensor, [a, b, c]: NewtonSchulzCoefficients, isTall: boolean): Tensor {
  return tidy(() => {
    const gram = matMul(x, x, isTall ? { transposeA: true } : { transposeB: true });
    const factor = add(mul(gram, b), mul(matMul(gram, gram), c));
    return add(mul(x, a), isTall ? matMul(x, factor) : matMul(factor, x));
  });
}
