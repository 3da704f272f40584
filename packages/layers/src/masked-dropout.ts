// SPDX-License-Identifier: Apache-2.0
import { dropout, type RandomStream, type Tensor } from '@tapeloop/core';
import { DropoutLayer, type DropoutLayerOptions } from './dropout-layer.ts';
import type { Config } from './module.ts';
import { checkNoiseShape, type NoiseShape } from './noise-shape.ts';
import type { Rate } from './rate.ts';

/** Options of `Dropout` and `V1Dropout`. */
export interface DropoutOptions extends DropoutLayerOptions {
  /** Default: a decision for each element. */
  readonly noiseShape?: NoiseShape | null;
}

/** Inverted dropout with a mask of any shape that broadcasts: what `Dropout` and `V1Dropout` share. */
export abstract class MaskedDropout extends DropoutLayer {
  readonly noiseShape: NoiseShape | undefined;

  /** @param rate the share that is dropped; a function is asked at every call. */
  constructor(rate: Rate, options: DropoutOptions = {}) {
    super(rate, options, ['noiseShape']);
    this.noiseShape = checkNoiseShape(this.className, options.noiseShape);
  }

  override getConfig(): Config {
    const { seed, ...config } = super.getConfig();
    return { ...config, noiseShape: this.noiseShape ?? null, seed };
  }

  protected override drop(inputs: Tensor, rate: number, stream: RandomStream): Tensor {
    const { noiseShape } = this;
    return dropout(inputs, rate, noiseShape === undefined ? { stream } : { stream, noiseShape });
  }
}
