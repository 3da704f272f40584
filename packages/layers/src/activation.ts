// SPDX-License-Identifier: Apache-2.0
import type { Tensor } from '@tapeloop/core';
import {
  type ActivationFunction,
  type ActivationLike,
  savedActivation,
  toActivation,
} from './activations.ts';
import { Layer } from './layer.ts';
import type { Config, ModuleOptions } from './module.ts';
import { registerModule } from './registry.ts';

/** An activation as a layer, for `Sequential`: `y = activation(x)`. */
export class Activation extends Layer {
  readonly #activation: ActivationFunction;

  constructor(activation: ActivationLike, options: ModuleOptions = {}) {
    super(options);
    this.#activation = toActivation('Activation', activation);
  }

  override get className(): string {
    return 'Activation';
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      activation: savedActivation('Activation', this.#activation),
    };
  }

  protected override forward(inputs: Tensor): Tensor {
    return this.#activation(inputs);
  }
}

interface ActivationConfig extends ModuleOptions {
  readonly activation: ActivationLike;
}

registerModule(
  'Activation',
  ({ activation, ...options }: ActivationConfig) => new Activation(activation, options),
);
