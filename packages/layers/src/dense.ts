// SPDX-License-Identifier: Apache-2.0
import { add, matMul, ShapeError, showShape, type Tensor } from '@tapeloop/core';
import {
  type ActivationFunction,
  type ActivationLike,
  savedActivation,
  toActivation,
} from './activations.ts';
import { checkCount, featuresOf } from './check.ts';
import type { Initializer } from './initializer.ts';
import {
  type InitializerLike,
  savedInitializer,
  toInitializer,
} from './initializers/initializers.ts';
import { Layer } from './layer.ts';
import type { Config, InputShape, ModuleOptions } from './module.ts';
import { registerModule } from './registry.ts';
import {
  type Regularizer,
  type RegularizerLike,
  savedRegularizer,
  toRegularizer,
} from './regularizer.ts';

/** Options of `Dense`. */
export interface DenseOptions extends ModuleOptions {
  /** Default `'linear'`. */
  readonly activation?: ActivationLike;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default `'glorotUniform'`. */
  readonly kernelInitializer?: InitializerLike;
  /** Default `'zeros'`. */
  readonly biasInitializer?: InitializerLike;
  /** Default none. */
  readonly kernelRegularizer?: RegularizerLike;
  /** Default none. */
  readonly biasRegularizer?: RegularizerLike;
}

/**
 * A linear map of the last dimension: `y = activation(x · kernel + bias)`.
 *
 * Shapes: inputs `[..., features]`, outputs `[..., units]`; `kernel` `[features, units]`, `bias`
 * `[units]`.
 *
 * @throws TypeError when `units` is not a whole number of at least 1; at a call, ShapeError when the
 *   inputs have fewer than two dimensions or another number of features than at the first.
 * @see Keras's `Dense`, whose names and layout of weights these are.
 */
export class Dense extends Layer {
  readonly units: number;
  readonly #activation: ActivationFunction;
  readonly #useBias: boolean;
  readonly #kernelInitializer: Initializer;
  readonly #biasInitializer: Initializer;
  readonly #kernelRegularizer: Regularizer | undefined;
  readonly #biasRegularizer: Regularizer | undefined;

  constructor(units: number, options: DenseOptions = {}) {
    super(options);
    checkCount('Dense', 'units', units);
    this.units = units;
    this.#activation = toActivation('Dense', options.activation ?? 'linear');
    this.#useBias = options.useBias ?? true;
    this.#kernelInitializer = toInitializer('Dense', options.kernelInitializer ?? 'glorotUniform');
    this.#biasInitializer = toInitializer('Dense', options.biasInitializer ?? 'zeros');
    this.#kernelRegularizer = toRegularizer('Dense', options.kernelRegularizer);
    this.#biasRegularizer = toRegularizer('Dense', options.biasRegularizer);
  }

  override get className(): string {
    return 'Dense';
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      units: this.units,
      activation: savedActivation('Dense', this.#activation),
      useBias: this.#useBias,
      kernelInitializer: savedInitializer('Dense', this.#kernelInitializer),
      biasInitializer: savedInitializer('Dense', this.#biasInitializer),
      kernelRegularizer: savedRegularizer('Dense', this.#kernelRegularizer),
      biasRegularizer: savedRegularizer('Dense', this.#biasRegularizer),
    };
  }

  protected override createParameters(inputShape: InputShape): void {
    const features = featuresOf('Dense', inputShape);
    this.addParameter('kernel', [features, this.units], this.#kernelInitializer, {
      regularizer: this.#kernelRegularizer,
    });
    if (!this.#useBias) return;
    this.addParameter('bias', [this.units], this.#biasInitializer, {
      regularizer: this.#biasRegularizer,
    });
  }

  protected override forward(inputs: Tensor): Tensor {
    const kernel = this.parameter('kernel').value;
    checkFeatures('Dense', inputs, kernel.shape[0] ?? 0);
    const product = matMul(inputs, kernel);
    return this.#activation(this.#useBias ? add(product, this.parameter('bias').value) : product);
  }
}

interface DenseConfig extends DenseOptions {
  readonly units: number;
}

registerModule('Dense', ({ units, ...options }: DenseConfig) => new Dense(units, options));

/** @throws ShapeError unless `inputs` are `[..., features]` of two dimensions or more. */
export function checkFeatures(op: string, inputs: Tensor, features: number): void {
  if (inputs.rank >= 2 && inputs.shape.at(-1) === features) return;
  throw new ShapeError(
    `${op}: inputs must be of shape [..., ${features}] with at least two dimensions, got ` +
      `${showShape(inputs.shape)}.`,
  );
}
