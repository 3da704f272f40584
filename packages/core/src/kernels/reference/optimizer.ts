// SPDX-License-Identifier: Apache-2.0

import { float32View } from './views.ts';

/**
 * Optimizer updates of one parameter in one pass: `out = parameter + update`.
 *
 * `parameter` may be 0, which stands for zeros: then `out` is the update alone. `out` may be the
 * parameter. Everywhere `g = gradientScale · gradient + weightDecay · parameter`: the scale is for
 * clipping (1 for none), the decay is the L2 penalty's (0 for none). `n` elements, float32;
 * hyperparameters are numbers of any precision. The equations are the functions `sgd`, `momentum` and
 * `adam`.
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
   * the rate; both agree while the rate is constant).
   *
   * @param nesterov 1 looks one step ahead: `g + momentum · velocity`
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
   * Adam (Kingma and Ba 2015) and AdamW (Loshchilov and Hutter 2019). At step t from 1,
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

/** How a gradient becomes g. */
export interface GradientOptions {
  readonly weightDecay: number;
  readonly gradientScale: number;
}

/** `gradientScale · gradient + weightDecay · parameter`. */
export function effectiveGradient(
  parameter: number,
  gradient: number,
  { weightDecay, gradientScale }: GradientOptions,
): number {
  return gradientScale * gradient + weightDecay * parameter;
}

/** The new parameter. */
export function sgd(parameter: number, g: number, { learningRate }: { learningRate: number }) {
  return { parameter: parameter - learningRate * g };
}

/** The new parameter and velocity. */
export function momentum(
  state: { parameter: number; velocity: number },
  g: number,
  options: { learningRate: number; momentum: number; nesterov: boolean },
) {
  const velocity = options.momentum * state.velocity + g;
  const step = options.nesterov ? g + options.momentum * velocity : velocity;
  return { parameter: state.parameter - options.learningRate * step, velocity };
}

/** The hyperparameters of `adam` at one step. */
export interface AdamOptions {
  readonly stepSize: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly rootScale: number;
  readonly epsilon: number;
  readonly shrink: number;
}

/** The new parameter and moments. */
export function adam(
  state: { parameter: number; m: number; v: number },
  g: number,
  { stepSize, beta1, beta2, rootScale, epsilon, shrink }: AdamOptions,
) {
  const m = state.m + (1 - beta1) * (g - state.m);
  const v = beta2 * state.v + (1 - beta2) * g * g;
  const step = (stepSize * m) / (rootScale * Math.sqrt(v) + epsilon);
  return { parameter: state.parameter - shrink * state.parameter - step, m, v };
}

/** The kernels of `OptimizerKernels`, one element after the other in float64. */
export function createOptimizerReference(memory: WebAssembly.Memory): OptimizerKernels {
  const get = (pointer: number, i: number) =>
    pointer === 0 ? 0 : float32View(memory, pointer).get(i);
  const set = (pointer: number, i: number, value: number) => {
    float32View(memory, pointer).set(i, value);
  };
  return {
    sgdUpdate(parameter, gradient, out, n, learningRate, weightDecay, gradientScale) {
      for (let i = 0; i < n; i++) {
        const p = get(parameter, i);
        const g = effectiveGradient(p, get(gradient, i), { weightDecay, gradientScale });
        set(out, i, sgd(p, g, { learningRate }).parameter);
      }
    },
    momentumUpdate(
      parameter,
      gradient,
      velocity,
      out,
      n,
      learningRate,
      mu,
      nesterov,
      weightDecay,
      gradientScale,
    ) {
      const options = { learningRate, momentum: mu, nesterov: nesterov !== 0 };
      for (let i = 0; i < n; i++) {
        const p = get(parameter, i);
        const g = effectiveGradient(p, get(gradient, i), { weightDecay, gradientScale });
        const next = momentum({ parameter: p, velocity: get(velocity, i) }, g, options);
        set(velocity, i, next.velocity);
        set(out, i, next.parameter);
      }
    },
    adamUpdate(
      parameter,
      gradient,
      m,
      v,
      out,
      n,
      stepSize,
      beta1,
      beta2,
      rootScale,
      epsilon,
      weightDecay,
      shrink,
      gradientScale,
    ) {
      const options = { stepSize, beta1, beta2, rootScale, epsilon, shrink };
      for (let i = 0; i < n; i++) {
        const p = get(parameter, i);
        const g = effectiveGradient(p, get(gradient, i), { weightDecay, gradientScale });
        const next = adam({ parameter: p, m: get(m, i), v: get(v, i) }, g, options);
        set(m, i, next.m);
        set(v, i, next.v);
        set(out, i, next.parameter);
      }
    },
  };
}
