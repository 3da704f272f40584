// SPDX-License-Identifier: Apache-2.0
import {
  argumentMessage,
  dropoutMask,
  gather,
  mul,
  type RandomStream,
  type Seed,
  type Tensor,
  ValueError,
} from '@tapeloop/core';
import { callPath } from './call-context.ts';
import { Embedding } from './embedding.ts';
import { Layer } from './layer.ts';
import type { Config, InputShape, Module, ModuleOptions } from './module.ts';
import { RandomSource } from './random-source.ts';
import { type CheckedRate, checkRate, type Rate } from './rate.ts';
import { fromConfig, registerModule, type SavedModule, toConfig } from './registry.ts';

/** Options of `EmbeddingDropout`. */
export interface EmbeddingDropoutOptions extends ModuleOptions {
  /** Default: a stream forked from the default by the layer's path. */
  readonly seed?: Seed | null;
}

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
      const op = 'EmbeddingDropout';
      throw new TypeError(
        argumentMessage({ op, argument: 'embedding', expected, received: embedding }),
      );
    }
    this.embedding = embedding;
    this.#rate = checkRate('EmbeddingDropout', rate);
    this.#source = new RandomSource('EmbeddingDropout', options.seed ?? undefined, 'layer');
  }

  override get className(): string {
    return 'EmbeddingDropout';
  }

  override children(): ReadonlyMap<string, Module> {
    return new Map([['', this.embedding]]);
  }

  override randomSources(): ReadonlyMap<string, RandomSource> {
    return new Map([['mask', this.#source]]);
  }

  /** @throws ValueError when the rate is a function. */
  override getConfig(): Config {
    const { constant: rate } = this.#rate;
    if (rate === undefined) {
      throw new ValueError('EmbeddingDropout: getConfig: a config cannot hold a rate function.');
    }
    const embedding = toConfig(this.embedding);
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
    const rate = this.#rate.read();
    if (!training || rate === 0) return vectors;
    if (rate === 1) {
      const problem = { op: 'EmbeddingDropout', argument: 'rate', received: rate };
      throw new ValueError(argumentMessage({ ...problem, expected: 'less than 1 in training' }));
    }
    return mul(vectors, gather(this.#mask(rate, this.#source.stream(callPath())), ids));
  }

  /** One factor for each word of the vocabulary. */
  #mask(rate: number, stream: RandomStream): Tensor {
    return dropoutMask([this.embedding.inputDim, 1], rate, { stream });
  }
}

interface EmbeddingDropoutConfig extends EmbeddingDropoutOptions {
  readonly embedding: SavedModule;
  readonly rate: number;
}

registerModule('EmbeddingDropout', (config: EmbeddingDropoutConfig) => {
  const { embedding, rate, ...options } = config;
  // The constructor checks that it is one.
  return new EmbeddingDropout(fromConfig(embedding) as Embedding, rate, options);
});
