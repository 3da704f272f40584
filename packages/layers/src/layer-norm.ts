// SPDX-License-Identifier: Apache-2.0
import { layerNorm, type Tensor } from '@tapeloop/core';
import { checkEpsilon, featuresOf } from './check.ts';
import type { Initializer } from './initializer.ts';
import {
  type InitializerLike,
  savedInitializer,
  toInitializer,
} from './initializers/initializers.ts';
import { Layer } from './layer.ts';
import type { Config, InputShape, ModuleOptions } from './module.ts';
import { registerModule } from './registry.ts';

/** Options of `LayerNorm`. */
export interface LayerNormOptions extends ModuleOptions {
  /** Added to the variance, at least 0. Default 1e-3, as Keras (PyTorch: 1e-5). */
  readonly epsilon?: number;
  /** Default `'ones'`. */
  readonly gammaInitializer?: InitializerLike;
  /** Default `'zeros'`. */
  readonly betaInitializer?: InitializerLike;
}

/**
 * Layer normalization over the last dimension: `y = gamma · (x − μ) / √(σ² + ε) + beta`, with mean and
 * variance of each vector of features.
 *
 * Shapes: inputs and outputs `[..., features]`; `gamma` and `beta` `[features]`.
 *
 * @throws ValueError when `epsilon` is not a finite number of at least 0; at a call, ShapeError when
 *   the inputs have another number of features than at the first.
 * @see Ba, Kiros and Hinton 2016, "Layer Normalization"; Keras's `LayerNormalization`, whose names of
 *   weights these are.
 */
export class LayerNorm extends Layer {
  readonly epsilon: number;
  readonly #gammaInitializer: Initializer;
  readonly #betaInitializer: Initializer;

  constructor(options: LayerNormOptions = {}) {
    super(options);
    const { epsilon = 1e-3 } = options;
    checkEpsilon('LayerNorm', epsilon);
    this.epsilon = epsilon;
    this.#gammaInitializer = toInitializer('LayerNorm', options.gammaInitializer ?? 'ones');
    this.#betaInitializer = toInitializer('LayerNorm', options.betaInitializer ?? 'zeros');
  }

  override get className(): string {
    return 'LayerNorm';
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      epsilon: this.epsilon,
      gammaInitializer: savedInitializer('LayerNorm', this.#gammaInitializer),
      betaInitializer: savedInitializer('LayerNorm', this.#betaInitializer),
    };
  }

  protected override createParameters(inputShape: InputShape): void {
    const features = featuresOf('LayerNorm', inputShape);
    this.addParameter('gamma', [features], this.#gammaInitializer);
    this.addParameter('beta', [features], this.#betaInitializer);
  }

  protected override forward(inputs: Tensor): Tensor {
    const { value: gamma } = this.parameter('gamma');
    const { value: beta } = this.parameter('beta');
    return layerNorm(inputs, gamma, beta, { epsilon: this.epsilon });
  }
}

registerModule('LayerNorm', (options: LayerNormOptions) => new LayerNorm(options));
