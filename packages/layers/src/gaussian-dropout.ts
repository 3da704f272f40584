// SPDX-License-Identifier: Apache-2.0
import { mul, normal, type RandomStream, type Tensor } from '@tapeloop/core';
import { DropoutLayer, type DropoutLayerOptions } from './dropout-layer.ts';
import type { Rate } from './rate.ts';
import { registerModule } from './registry.ts';

/**
 * In training, `y = x ⊙ n` with n from a normal distribution of mean 1 and standard deviation
 * `√(rate / (1 − rate))`, which is that of `Dropout`'s factors; `y = x` in inference.
 *
 * Shapes: any, inputs and outputs alike. It has no parameters.
 *
 * Differs from Keras of TensorFlow 2, where a rate of 1 or outside [0, 1] does nothing.
 *
 * @throws what `Dropout` throws.
 * @see Srivastava et al. 2014, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting",
 *   section 10; Keras's `GaussianDropout`.
 */
export class GaussianDropout extends DropoutLayer {
  /** @param rate that of a `Dropout` with as much noise; a function is asked at every call. */
  constructor(rate: Rate, options: DropoutLayerOptions = {}) {
    super(rate, options);
  }

  override get className(): string {
    return 'GaussianDropout';
  }

  protected override drop(inputs: Tensor, rate: number, stream: RandomStream): Tensor {
    const stddev = Math.sqrt(rate / (1 - rate));
    return mul(inputs, normal(inputs.shape, { mean: 1, stddev, stream }));
  }
}

interface GaussianDropoutConfig extends DropoutLayerOptions {
  readonly rate: number;
}

registerModule(
  'GaussianDropout',
  ({ rate, ...options }: GaussianDropoutConfig) => new GaussianDropout(rate, options),
);
