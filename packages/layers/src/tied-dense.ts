// SPDX-License-Identifier: Apache-2.0
import { add, matMul, type Tensor } from '@tapeloop/core';
import { checkFeatures } from './dense.ts';
import type { Embedding } from './embedding.ts';
import type { Initializer } from './initializer.ts';
import { type InitializerLike, toInitializer } from './initializers/initializers.ts';
import { Layer } from './layer.ts';
import type { Module, ModuleOptions } from './module.ts';

/** Options of `TiedDense`. */
export interface TiedDenseOptions extends ModuleOptions {
  /** Default true. */
  readonly useBias?: boolean;
  /** Default `'zeros'`. */
  readonly biasInitializer?: InitializerLike;
}

/**
 * The output projection of a language model that shares the table of its embedding:
 * `logits = x · embeddingsᵀ + bias`. The table gets the gradients of both uses, and appears once
 * among a model's parameters.
 *
 * Shapes: inputs `[..., outputDim]`, outputs `[..., inputDim]` of the embedding; `bias` `[inputDim]`.
 *
 * It has no config of its own: which embedding it shares is the model's business.
 *
 * @see Press and Wolf 2017, "Using the Output Embedding to Improve Language Models".
 */
export class TiedDense extends Layer {
  readonly embedding: Embedding;
  readonly #useBias: boolean;
  readonly #biasInitializer: Initializer;

  constructor(embedding: Embedding, options: TiedDenseOptions = {}) {
    super(options);
    this.embedding = embedding;
    this.#useBias = options.useBias ?? true;
    this.#biasInitializer = toInitializer('TiedDense', options.biasInitializer ?? 'zeros');
  }

  override get className(): string {
    return 'TiedDense';
  }

  override children(): ReadonlyMap<string, Module> {
    return new Map([['embedding', this.embedding]]);
  }

  protected override createParameters(): void {
    if (!this.embedding.isBuilt) this.embedding.build([]);
    if (this.#useBias) this.addParameter('bias', [this.embedding.inputDim], this.#biasInitializer);
  }

  protected override forward(inputs: Tensor): Tensor {
    const table = this.embedding.parameter('embeddings').value;
    checkFeatures('TiedDense', inputs, this.embedding.outputDim);
    const product = matMul(inputs, table, { transposeB: true });
    return this.#useBias ? add(product, this.parameter('bias').value) : product;
  }
}
