// SPDX-License-Identifier: Apache-2.0

import { decay, moveTowards, updateElements } from './update-elements.ts';
import { float32View } from './views.ts';

/**
 * Optimizer updates of one parameter in one pass: `out = parameter + update`.
 *
 * `parameter` may be 0, which stands for zeros: then `out` is the update alone. `out` may be the
 * parameter. Everywhere `g = gradientScale · gradient + weightDecay · parameter`: the scale is for
 * clipping (1 for none), the decay is the L2 penalty's (0 for none). `n` elements, float32;
 * hyperparameters are numbers of any precision.
 */
export interface OptimizerKernels {
  /** `update = −learningRate · g`. */
  sgdUpdate(
    parameter: number,
    gradient: number,
    out: number,
    n: number,
    learningRate: number,
    weightDecay: number,
    gradientScale: number,
  ): void;
  /**
   * Stochastic gradient descent with momentum (Sutskever et al. 2013) in PyTorch's form: the
   * velocity sums gradients, the learning rate multiplies it afterwards (Keras's velocity contains
   * the rate; both agree while the rate is constant): `velocity ← momentum · velocity + g`,
   * `update = −learningRate · velocity`.
   *
   * @param nesterov 1 looks one step ahead: `update = −learningRate · (g + momentum · velocity)`
   */
  momentumUpdate(
    parameter: number,
    gradient: number,
    velocity: number,
    out: number,
    n: number,
    learningRate: number,
    momentum: number,
    nesterov: number,
    weightDecay: number,
    gradientScale: number,
  ): void;
  /**
   * Adam (Kingma and Ba 2015) and AdamW (Loshchilov and Hutter 2019): `m ← m + (1 − beta1) · (g − m)`,
   * `v ← beta2 · v + (1 − beta2) · g²`,
   * `update = −stepSize · m / (rootScale · √v + epsilon) − shrink · parameter`. At step t from 1,
   * `stepSize = learningRate / (1 − beta1^t)`, `rootScale = 1 / √(1 − beta2^t)`, and `epsilon` is
   * PyTorch's; Keras's (the paper's "epsilon hat") times `rootScale` gives Keras's update.
   *
   * @param shrink AdamW's decoupled decay, `learningRate · decay`; 0 for none
   */
  adamUpdate(
    parameter: number,
    gradient: number,
    m: number,
    v: number,
    out: number,
    n: number,
    stepSize: number,
    beta1: number,
    beta2: number,
    rootScale: number,
    epsilon: number,
    weightDecay: number,
    shrink: number,
    gradientScale: number,
  ): void;
}

/** The kernels of `OptimizerKernels`, one element after the other in float64. */
export function createOptimizerReference(memory: WebAssembly.Memory): OptimizerKernels {
  const view = (pointer: number) => float32View(memory, pointer);
  return {
    sgdUpdate(parameter, gradient, out, n, learningRate, weightDecay, gradientScale) {
      const operands = { parameter, gradient, out, n, gradientScale, weightDecay };
      updateElements(memory, operands, (g) => -learningRate * g);
    },
    momentumUpdate(parameter, gradient, velocity, out, n, ...numbers) {
      const [learningRate, momentum, nesterov, weightDecay, gradientScale] = numbers;
      const operands = { parameter, gradient, out, n, gradientScale, weightDecay };
      const velocities = view(velocity);
      updateElements(memory, operands, (g, i) => {
        const speed = decay(velocities, i, momentum, g);
        return -learningRate * (nesterov ? g + momentum * speed : speed);
      });
    },
    adamUpdate(parameter, gradient, m, v, out, n, ...numbers) {
      const [stepSize, beta1, beta2, rootScale, epsilon, weightDecay, shrink, gradientScale] =
        numbers;
      const operands = { parameter, gradient, out, n, gradientScale, weightDecay };
      const [ms, vs] = [view(m), view(v)];
      updateElements(memory, operands, (g, i, p) => {
        const mean = moveTowards(ms, i, g, 1 - beta1);
        const square = decay(vs, i, beta2, (1 - beta2) * g * g);
        return (-stepSize * mean) / (rootScale * Math.sqrt(square) + epsilon) - shrink * p;
      });
    },
  };
}
