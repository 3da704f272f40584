// SPDX-License-Identifier: Apache-2.0
import { type DropoutOptions, MaskedDropout } from './masked-dropout.ts';
import { registerModule } from './registry.ts';

/**
 * In training, drops each element with probability `rate` and scales the others by `1 / (1 − rate)`,
 * with a new mask at each call; `y = x`, the input itself, in inference or when `rate` is 0.
 *
 * Shapes: any, inputs and outputs alike. It has no parameters.
 *
 * @throws TypeError when `rate` is not a number or `seed` no safe integer, or for an option that does
 *   not exist; ValueError when `rate` is outside [0, 1] or an entry of `noiseShape` is neither `null`
 *   nor a whole number of at least 1; in training, ValueError when `rate` is 1, DTypeError when the
 *   inputs are not float32, and ShapeError when `noiseShape` does not broadcast to exactly the inputs'
 *   shape.
 * @see Srivastava et al. 2014, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting";
 *   Keras's `Dropout`.
 */
export class Dropout extends MaskedDropout {
  override get className(): string {
    return 'Dropout';
  }
}

interface DropoutConfig extends DropoutOptions {
  readonly rate: number;
}

registerModule('Dropout', ({ rate, ...options }: DropoutConfig) => new Dropout(rate, options));
