// SPDX-License-Identifier: Apache-2.0
import { gather, notEqual, type Tensor } from '@tapeloop/core';
import { checkCount } from './check.ts';
import type { Initializer } from './initializer.ts';
import {
  type InitializerLike,
  savedInitializer,
  toInitializer,
} from './initializers/initializers.ts';
import { Layer } from './layer.ts';
import type { Config, ModuleOptions } from './module.ts';
import { registerModule } from './registry.ts';
import {
  type Regularizer,
  type RegularizerLike,
  savedRegularizer,
  toRegularizer,
} from './regularizer.ts';

/** Options of `Embedding`. */
export interface EmbeddingOptions extends ModuleOptions {
  /** Default `'uniform'`: on [-0.05, 0.05). */
  readonly embeddingsInitializer?: InitializerLike;
  /** Default none. */
  readonly embeddingsRegularizer?: RegularizerLike;
  /** Makes id 0 stand for a step that does not count: `computeMask` leaves it out. Default false. */
  readonly maskZero?: boolean;
  /**
   * Lets a training step cost the rows that it uses instead of the whole table: `Optimizer.minimize`
   * gets the table's gradient as `IndexedSlices`. PyTorch's `sparse`. Default false.
   */
  readonly sparseGradient?: boolean;
}

/**
 * A table of vectors, looked up by id: `y[...] = embeddings[ids[...]]`.
 *
 * Shapes: inputs int32 `[...]` with values in [0, inputDim), outputs `[..., outputDim]`;
 * `embeddings` `[inputDim, outputDim]`.
 *
 * @throws TypeError when a size is not a whole number of at least 1; at a call, DTypeError when the
 *   ids are not int32 and ValueError when one is out of range.
 * @see Keras's `Embedding`, whose names and layout of weights these are.
 */
export class Embedding extends Layer {
  readonly inputDim: number;
  readonly outputDim: number;
  readonly maskZero: boolean;
  readonly sparseGradient: boolean;
  readonly #initializer: Initializer;
  readonly #regularizer: Regularizer | undefined;

  constructor(inputDim: number, outputDim: number, options: EmbeddingOptions = {}) {
    super(options);
    checkCount('Embedding', 'inputDim', inputDim);
    checkCount('Embedding', 'outputDim', outputDim);
    this.inputDim = inputDim;
    this.outputDim = outputDim;
    this.#initializer = toInitializer('Embedding', options.embeddingsInitializer ?? 'uniform');
    this.#regularizer = toRegularizer('Embedding', options.embeddingsRegularizer);
    this.maskZero = options.maskZero ?? false;
    this.sparseGradient = options.sparseGradient ?? false;
  }

  override get className(): string {
    return 'Embedding';
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      inputDim: this.inputDim,
      outputDim: this.outputDim,
      embeddingsInitializer: savedInitializer('Embedding', this.#initializer),
      embeddingsRegularizer: savedRegularizer('Embedding', this.#regularizer),
      maskZero: this.maskZero,
      sparseGradient: this.sparseGradient,
    };
  }

  override computeMask(ids: Tensor, mask?: Tensor): Tensor | undefined {
    return this.maskZero ? notEqual(ids, 0) : mask;
  }

  protected override createParameters(): void {
    this.addParameter('embeddings', [this.inputDim, this.outputDim], this.#initializer, {
      regularizer: this.#regularizer,
      sparseGradient: this.sparseGradient,
    });
  }

  protected override forward(ids: Tensor): Tensor {
    return gather(this.parameter('embeddings').value, ids);
  }
}

interface EmbeddingConfig extends EmbeddingOptions {
  readonly inputDim: number;
  readonly outputDim: number;
}

registerModule(
  'Embedding',
  ({ inputDim, outputDim, ...options }: EmbeddingConfig) =>
    new Embedding(inputDim, outputDim, options),
);
