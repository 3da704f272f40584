// SPDX-License-Identifier: Apache-2.0
import type { Gradient, Parameter, SparseGradients } from '@tapeloop/core';
import type { MeanLoss } from '../loop/evaluate.ts';
import type { Communicator } from './communicator.ts';
import { GradientReducer } from './gradient-reducer.ts';

/** A loss that was summed over tokens. */
export interface TotalLoss {
  readonly total: number;
  readonly tokens: number;
}

/**
 * One of several models that are trained alike, each by a process of its own on its own share of the
 * data: what they do together in a step.
 */
export class Replicas {
  readonly #communicator: Communicator;
  readonly #reducer: GradientReducer;

  constructor(communicator: Communicator, parameters: readonly Parameter[]) {
    this.#communicator = communicator;
    this.#reducer = new GradientReducer(parameters, communicator);
  }

  /** Sends a gradient to the others while backward computes the rest: for `onGradient`. */
  readonly send = (parameter: Parameter, gradient: Gradient): void => {
    this.#reducer.ready(parameter, gradient);
  };

  /**
   * Makes of each rank's gradients, of the sum of its loss over its tokens, the gradients of the mean
   * over the tokens of all: the same bits on every rank.
   */
  async average(loss: TotalLoss, gradients: SparseGradients): Promise<MeanLoss> {
    const mean = await this.mean(loss);
    await this.#reducer.finish(gradients, 1 / mean.tokens);
    return mean;
  }

  /** The mean loss over the tokens of all ranks. */
  async mean({ total, tokens }: TotalLoss): Promise<MeanLoss> {
    const own = new Uint8Array(Float64Array.of(total, tokens).buffer);
    const sums = { total: 0, tokens: 0 };
    for (const { buffer } of await this.#communicator.allGather(own)) {
      const [each = 0, count = 0] = new Float64Array(buffer);
      sums.total += each;
      sums.tokens += count;
    }
    return { loss: sums.total / sums.tokens, tokens: sums.tokens };
  }
}
