// SPDX-License-Identifier: Apache-2.0
import {
  add,
  greaterEqual,
  mul,
  type RandomStream,
  resolveNoiseShape,
  type Tensor,
  uniform,
  where,
} from '@tapeloop/core';
import { SELU_ALPHA, SELU_SCALE } from './activation-functions.ts';
import { DropoutLayer } from './dropout-layer.ts';
import type { DropoutOptions } from './masked-dropout.ts';
import type { Config } from './module.ts';
import { checkNoiseShape, type NoiseShape } from './noise-shape.ts';
import type { Rate } from './rate.ts';
import { registerModule } from './registry.ts';

/** What a dropped element becomes, before the affine map: the value that SELU falls to. */
const SATURATION = -SELU_SCALE * SELU_ALPHA;

/** a and b of alpha dropout, `y = a · (kept ? x : −λα) + b`, which keep mean 0 and variance 1. */
export function alphaDropoutMap(rate: number): { readonly a: number; readonly b: number } {
  const a = ((1 - rate) * (1 + rate * SATURATION ** 2)) ** -0.5;
  return { a, b: -a * SATURATION * rate };
}

/**
 * Dropout for networks of scaled exponential linear units: in training,
 * `y = a · (kept ? x : −λα) + b`, where a and b keep a mean of 0 and a variance of 1; `y = x` in
 * inference.
 *
 * Shapes: any, inputs and outputs alike. It has no parameters.
 *
 * Differs from Keras of TensorFlow 2, where a rate of 1 or outside [0, 1] does nothing, and whose
 * config forgets `noiseShape`.
 *
 * @throws what `Dropout` throws.
 * @see Klambauer et al. 2017, "Self-Normalizing Neural Networks", section 2; Keras's `AlphaDropout`.
 */
export class AlphaDropout extends DropoutLayer {
  readonly noiseShape: NoiseShape | undefined;

  /** @param rate the share that is dropped; a function is asked at every call. */
  constructor(rate: Rate, options: DropoutOptions = {}) {
    super(rate, options, ['noiseShape']);
    this.noiseShape = checkNoiseShape(this.className, options.noiseShape);
  }

  override get className(): string {
    return 'AlphaDropout';
  }

  override getConfig(): Config {
    return { ...super.getConfig(), noiseShape: this.noiseShape ?? null };
  }

  protected override drop(inputs: Tensor, rate: number, stream: RandomStream): Tensor {
    const { shape } = inputs;
    const noiseShape = resolveNoiseShape(this.className, this.noiseShape ?? shape, shape);
    const { a, b } = alphaDropoutMap(rate);
    const isKept = greaterEqual(uniform(noiseShape, { stream }), rate);
    return where(isKept, add(mul(inputs, a), b), a * SATURATION + b);
  }
}

interface AlphaDropoutConfig extends DropoutOptions {
  readonly rate: number;
}

registerModule(
  'AlphaDropout',
  ({ rate, ...options }: AlphaDropoutConfig) => new AlphaDropout(rate, options),
);
