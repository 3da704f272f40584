// SPDX-License-Identifier: Apache-2.0

import type { Kernels } from './kernels.ts';

/** One parameter's buffers of `size` float32 elements. */
export interface UpdateBuffers {
  /** Address of the parameter; 0 stands for zeros, so that `out` becomes the update alone. */
  readonly parameter: number;
  readonly gradient: number;
  /** Result: parameter + update. Default: the parameter, in place. */
  readonly out?: number;
  readonly size: number;
}

/** What happens to a gradient first: `g = gradientScale · gradient + weightDecay · parameter`. */
export interface GradientScaling {
  /** The L2 penalty's decay. Default 0. */
  readonly weightDecay?: number;
  /** A factor for all gradients, such as that of clipping by global norm. Default 1. */
  readonly gradientScale?: number;
}

/** Options of `momentumStep`. */
export interface MomentumStepOptions extends GradientScaling {
  readonly learningRate: number;
  /** Default 0: plain gradient descent, `velocity` unused. */
  readonly momentum?: number;
  readonly nesterov?: boolean;
}

/** Stochastic gradient descent: `−learningRate · g`, or with momentum; see `OptimizerKernels`. */
export function momentumStep(
  kernels: Kernels,
  buffers: UpdateBuffers & { readonly velocity?: number },
  options: MomentumStepOptions,
): void {
  const { parameter, gradient, velocity = 0, out = parameter, size } = buffers;
  const { learningRate, momentum = 0, nesterov = false } = options;
  const { weightDecay = 0, gradientScale = 1 } = options;
  if (momentum === 0) {
    kernels.sgdUpdate(parameter, gradient, out, size, learningRate, weightDecay, gradientScale);
    return;
  }
  kernels.momentumUpdate(
    parameter,
    gradient,
    velocity,
    out,
    size,
    learningRate,
    momentum,
    nesterov ? 1 : 0,
    weightDecay,
    gradientScale,
  );
}

/** Options of `adamStep`. */
export interface AdamStepOptions extends GradientScaling {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  /** Added to the corrected root, as in the paper's algorithm 1 and PyTorch. */
  readonly epsilon: number;
  /** The number of this step, from 1. */
  readonly step: number;
  /** AdamW's decay: `learningRate · decoupledDecay · parameter` is subtracted. Default 0. */
  readonly decoupledDecay?: number;
}

/** Adam and AdamW; the equation is that of `OptimizerKernels`. */
export function adamStep(
  kernels: Kernels,
  buffers: UpdateBuffers & { readonly m: number; readonly v: number },
  options: AdamStepOptions,
): void {
  const { parameter, gradient, m, v, out = parameter, size } = buffers;
  const { learningRate, beta1, beta2, epsilon, step, decoupledDecay = 0 } = options;
  const { weightDecay = 0, gradientScale = 1 } = options;
  kernels.adamUpdate(
    parameter,
    gradient,
    m,
    v,
    out,
    size,
    learningRate / (1 - beta1 ** step),
    beta1,
    beta2,
    1 / Math.sqrt(1 - beta2 ** step),
    epsilon,
    weightDecay,
    learningRate * decoupledDecay,
    gradientScale,
  );
}

/** Options of `rmspropStep`. */
export interface RmspropStepOptions extends GradientScaling {
  readonly learningRate: number;
  /** The decay of the running means, in [0, 1). PyTorch's alpha. */
  readonly rho: number;
  /** Added to the root. */
  readonly epsilon: number;
  /** Used with a `velocity`. Default 0. */
  readonly momentum?: number;
}

/**
 * RMSprop; the equation is that of `AdagradKernels`.
 *
 * @param buffers `mean` makes it the centred form, whose `variance` is about the running mean;
 *   `velocity` gives it momentum.
 */
export function rmspropStep(
  kernels: Kernels,
  buffers: UpdateBuffers & {
    readonly variance: number;
    readonly mean?: number;
    readonly velocity?: number;
  },
  options: RmspropStepOptions,
): void {
  const { parameter, gradient, variance, mean = 0, velocity = 0, size } = buffers;
  const { out = parameter } = buffers;
  const { learningRate, rho, epsilon, momentum = 0 } = options;
  const { weightDecay = 0, gradientScale = 1 } = options;
  kernels.rmspropUpdate(
    parameter,
    gradient,
    variance,
    mean,
    velocity,
    out,
    size,
    learningRate,
    rho,
    momentum,
    epsilon,
    weightDecay,
    gradientScale,
  );
}
