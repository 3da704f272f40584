// SPDX-License-Identifier: Apache-2.0

import { decay, moveTowards, updateElements, viewOrNull } from './update-elements.ts';
import { float32View } from './views.ts';

/**
 * Optimizer updates of rules that divide by the root of a sum or an average of g². Operands are those
 * of `AdamVariantKernels`.
 */
export interface AdagradKernels {
  /**
   * Adagrad (Duchi et al. 2011): `sum ← sum + g²`, `update = −learningRate · g / (√sum + epsilon)`.
   */
  adagradUpdate(
    parameter: number,
    gradient: number,
    sum: number,
    out: number,
    n: number,
    learningRate: number,
    epsilon: number,
    gradientScale: number,
  ): void;
  /**
   * RMSprop (Hinton 2012) in PyTorch's form, epsilon outside of the root:
   * `variance ← rho · variance + (1 − rho) · g²`, `d = g / (√variance + epsilon)`,
   * `update = −learningRate · d`, where `g = gradientScale · gradient + weightDecay · parameter`.
   *
   * @param mean address of the running mean of g, for the centred form (Graves 2013); 0 for none. Then
   *   `variance ← rho · variance + rho · (1 − rho) · (g − mean)²` and
   *   `mean ← mean + (1 − rho) · (g − mean)`: average of g² less mean², without the cancellation.
   * @param velocity address of the velocity; 0 for none, then `momentum` is not used. With one
   *   `velocity ← momentum · velocity + d` and `update = −learningRate · velocity`
   */
  rmspropUpdate(
    parameter: number,
    gradient: number,
    variance: number,
    mean: number,
    velocity: number,
    out: number,
    n: number,
    learningRate: number,
    rho: number,
    momentum: number,
    epsilon: number,
    weightDecay: number,
    gradientScale: number,
  ): void;
  /**
   * Adadelta (Zeiler 2012): `squares ← rho · squares + (1 − rho) · g²`,
   * `d = √((deltas + epsilon) / (squares + epsilon)) · g`, `deltas ← rho · deltas + (1 − rho) · d²`,
   * `update = −learningRate · d`.
   */
  adadeltaUpdate(
    parameter: number,
    gradient: number,
    squares: number,
    deltas: number,
    out: number,
    n: number,
    learningRate: number,
    rho: number,
    epsilon: number,
    gradientScale: number,
  ): void;
}

/** The kernels of `AdagradKernels`, one element after the other in float64. */
export function createAdagradReference(memory: WebAssembly.Memory): AdagradKernels {
  const view = (pointer: number) => float32View(memory, pointer);
  return {
    adagradUpdate(parameter, gradient, sum, out, n, learningRate, epsilon, gradientScale) {
      const sums = view(sum);
      updateElements(memory, { parameter, gradient, out, n, gradientScale }, (g, i) => {
        return (-learningRate * g) / (Math.sqrt(decay(sums, i, 1, g * g)) + epsilon);
      });
    },
    rmspropUpdate(parameter, gradient, variance, mean, velocity, out, n, ...numbers) {
      const [learningRate, rho, momentum, epsilon, weightDecay, gradientScale] = numbers;
      const operands = { parameter, gradient, out, n, gradientScale, weightDecay };
      const variances = view(variance);
      const [means, velocities] = [viewOrNull(memory, mean), viewOrNull(memory, velocity)];
      const fresh = (means === null ? 1 : rho) * (1 - rho);
      updateElements(memory, operands, (g, i) => {
        const away = g - (means?.get(i) ?? 0);
        if (means !== null) moveTowards(means, i, g, 1 - rho);
        const d = g / (Math.sqrt(decay(variances, i, rho, fresh * away * away)) + epsilon);
        return -learningRate * (velocities === null ? d : decay(velocities, i, momentum, d));
      });
    },
    adadeltaUpdate(parameter, gradient, squares, deltas, out, n, ...numbers) {
      const [learningRate, rho, epsilon, gradientScale] = numbers;
      const [squared, moved] = [view(squares), view(deltas)];
      updateElements(memory, { parameter, gradient, out, n, gradientScale }, (g, i) => {
        const square = decay(squared, i, rho, (1 - rho) * g * g);
        const d = Math.sqrt((moved.get(i) + epsilon) / (square + epsilon)) * g;
        decay(moved, i, rho, (1 - rho) * d * d);
        return -learningRate * d;
      });
    },
  };
}
