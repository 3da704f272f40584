// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, dropoutMask, gather, mul, type Seed, type Tensor } from '@tapeloop/core';
import { callPath } from './call-context.ts';
import { Embedding } from './embedding.ts';
import { Layer } from './layer.ts';
import type { Config, InputShape, Module, ModuleOptions } from './module.ts';
import { RandomSource } from './random-source.ts';
import { type CheckedRate, checkRate, type Rate, savedRate, trainingRate } from './rate.ts';
import { fromConfig, registerModule, type SavedModule, toConfig } from './registry.ts';

/** Options of `EmbeddingDropout`. */
export interface EmbeddingDropoutOptions extends ModuleOptions {
  /** Default: a stream forked from the default by the layer's path. */
  readonly seed?: Seed | null;
}

const OP = 'EmbeddingDropout';

/**
 * Word dropout: in training, drops whole rows of an embedding, so that a word is missing wherever it
 * stands in the batch, and scales the others by `1 / (1 − rate)`. A new draw at each call.
 *
 * Shapes: those of the embedding, whose parameters are its own, under the same paths.
 *
 * @throws TypeError when `embedding` is none, `rate` is not a number or `seed` no safe integer;
 *   ValueError when `rate` is outside [0, 1], or 1 in training.
 * @see Gal and Ghahramani 2016, "A Theoretically Grounded Application of Dropout in Recurrent Neural
 *   Networks", section 4.2; Merity et al. 2018, "Regularizing and Optimizing LSTM Language Models",
 *   section 4.3.
 */
export class EmbeddingDropout extends Layer {
  readonly embedding: Embedding;
  readonly #rate: CheckedRate;
  readonly #source: RandomSource;

  /** @param rate the share of words that is dropped; a function is asked at every call. */
  constructor(embedding: Embedding, rate: Rate, options: EmbeddingDropoutOptions = {}) {
    super(options);
    if (!(embedding instanceof Embedding)) {
      const expected = 'an Embedding';
      throw new TypeError(
        argumentMessage({ op: OP, argument: 'embedding', expected, received: embedding }),
      );
    }
    this.embedding = embedding;
    this.#rate = checkRate(OP, rate);
    this.#source = new RandomSource(OP, options.seed ?? undefined, 'layer');
  }

  override get className(): string {
    return OP;
  }

  override children(): ReadonlyMap<string, Module> {
    return new Map([['', this.embedding]]);
  }

  override randomSources(): ReadonlyMap<string, RandomSource> {
    return new Map([['mask', this.#source]]);
  }

  /** @throws ValueError when the rate is a function. */
  override getConfig(): Config {
    const embedding = toConfig(this.embedding);
    const rate = savedRate(OP, this.#rate);
    return { ...super.getConfig(), embedding, rate, seed: this.#source.seed ?? null };
  }

  override computeMask(ids: Tensor, mask?: Tensor): Tensor | undefined {
    return this.embedding.computeMask(ids, mask);
  }

  protected override createParameters(inputShape: InputShape): void {
    this.embedding.build(inputShape);
  }

  protected override forward(ids: Tensor, training: boolean): Tensor {
    const vectors = this.embedding.call(ids);
    if (!training) return vectors;
    const rate = trainingRate(OP, this.#rate);
    if (rate === 0) return vectors;
    const stream = this.#source.stream(callPath());
    const factors = dropoutMask([this.embedding.inputDim, 1], rate, { stream });
    return mul(vectors, gather(factors, ids));
  }
}

interface EmbeddingDropoutConfig extends EmbeddingDropoutOptions {
  readonly embedding: SavedModule;
  readonly rate: number;
}

registerModule(OP, (config: EmbeddingDropoutConfig) => {
  const { embedding, rate, ...options } = config;
  // The constructor checks that it is one.
  return new EmbeddingDropout(fromConfig(embedding) as Embedding, rate, options);
});
