// SPDX-License-Identifier: Apache-2.0
import type { Parameter } from '@tapeloop/core';
import {
  adam,
  adamw,
  chain,
  clipByGlobalNorm,
  Optimizer,
  type Schedule,
  warmupCosine,
} from '@tapeloop/optim';

/** How `scheduledAdam` goes. */
export interface ScheduledAdamConfig {
  /** Steps in all: the learning rate falls to 0 with the last. */
  readonly steps: number;
  /** Highest rate of Adam. */
  readonly learningRate: number;
  /** Steps until the learning rate is reached; fewer than `steps`. Default 0. */
  readonly warmup?: number;
  /** Longest gradient, over all parameters. Default 1. */
  readonly clip?: number;
  /** Share of a weight that a step with learning rate 1 would take away: AdamW. Default 0: Adam. */
  readonly weightDecay?: number;
}

/** An optimizer and its schedule, which `train` reports. */
export interface ScheduledOptimizer {
  readonly optimizer: Optimizer;
  /** The learning rate at a step, counted from 0. */
  readonly learningRate: Schedule;
}

/**
 * Adam whose learning rate rises for `warmup` steps, then falls to 0 along half a cosine, on gradients
 * that are clipped by their global norm.
 *
 * @see Kingma and Ba 2015, "Adam: A Method for Stochastic Optimization"; Loshchilov and Hutter 2017,
 *   "SGDR: Stochastic Gradient Descent with Warm Restarts", for the cosine; Pascanu, Mikolov and Bengio
 *   2013, "On the difficulty of training recurrent neural networks", for the clipping.
 */
export function scheduledAdam(
  parameters: Iterable<Parameter>,
  { steps, learningRate: peak, warmup = 0, clip = 1, weightDecay = 0 }: ScheduledAdamConfig,
): ScheduledOptimizer {
  const learningRate = warmupCosine({ peak, warmupSteps: warmup, totalSteps: steps });
  const rule = weightDecay === 0 ? adam({ learningRate }) : adamw({ learningRate, weightDecay });
  return {
    optimizer: new Optimizer(parameters, chain(clipByGlobalNorm(clip), rule)),
    learningRate,
  };
}
