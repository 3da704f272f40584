// SPDX-License-Identifier: Apache-2.0
import {
  argumentMessage,
  dropout,
  type RandomStream,
  ShapeError,
  type Tensor,
} from '@tapeloop/core';
import { DropoutLayer, type DropoutLayerOptions } from './dropout-layer.ts';
import type { Rate } from './rate.ts';
import { registerModule } from './registry.ts';

/**
 * Dropout of whole features: a feature of a row is kept or dropped at all steps alike.
 *
 * Shapes: inputs and outputs `[batch, time, features]`. It has no parameters.
 *
 * @throws what `Dropout` throws; in training, ShapeError when the inputs do not have three dimensions.
 * @see Tompson et al. 2015, "Efficient Object Localization Using Convolutional Networks", section 3.2;
 *   Keras's `SpatialDropout1D`.
 */
export class SpatialDropout1D extends DropoutLayer {
  /** @param rate the share that is dropped; a function is asked at every call. */
  constructor(rate: Rate, options: DropoutLayerOptions = {}) {
    super(rate, options);
  }

  override get className(): string {
    return 'SpatialDropout1D';
  }

  protected override drop(inputs: Tensor, rate: number, stream: RandomStream): Tensor {
    if (inputs.rank === 3) return dropout(inputs, rate, { stream, noiseShape: [null, 1, null] });
    const expected = 'of shape [batch, time, features]';
    const op = this.className;
    throw new ShapeError(
      argumentMessage({ op, argument: 'inputs', expected, received: inputs.shape }),
    );
  }
}

interface SpatialDropout1DConfig extends DropoutLayerOptions {
  readonly rate: number;
}

registerModule(
  'SpatialDropout1D',
  ({ rate, ...options }: SpatialDropout1DConfig) => new SpatialDropout1D(rate, options),
);
