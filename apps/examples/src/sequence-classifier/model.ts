// SPDX-License-Identifier: Apache-2.0
import type { Tensor } from '@tapeloop/core';
import { type CallContext, Dense, Dropout, Embedding, initializers, Layer } from '@tapeloop/layers';
import { Bidirectional, GRU } from '@tapeloop/rnn';

/** Sizes of the model, and how much it drops. */
export interface ModelOptions {
  /** Number of ids of characters. */
  readonly characters: number;
  readonly labels: number;
  /** Size of the vector of a character. */
  readonly embedding: number;
  /** Units of each direction. */
  readonly hidden: number;
  /** Share of the vectors' elements, and of what was read, that is dropped in training. */
  readonly dropout: number;
}

/** What a call is given besides the ids. */
export interface ClassifierContext extends CallContext {
  /** Number of characters of each text, `[batch]`. Default: there is no padding. */
  readonly lengths?: readonly number[];
}

/**
 * Reads a text both ways, character by character, and scores every label by the last states:
 * embedding, dropout, bidirectional GRU, dropout, dense layer.
 *
 * Shapes: ids int32 `[batch, time]`, scores `[batch, labels]`.
 */
export class TextClassifier extends Layer<Tensor, ClassifierContext> {
  readonly embedding: Embedding;
  readonly reader: Bidirectional<Tensor>;
  readonly scores: Dense;
  readonly dropout: Dropout;

  constructor({ characters, labels, embedding, hidden, dropout }: ModelOptions) {
    super();
    this.embedding = new Embedding(characters, embedding, {
      embeddingsInitializer: initializers.normal({ stddev: 1 }),
    });
    this.reader = new Bidirectional(new GRU(hidden));
    this.scores = new Dense(labels);
    this.dropout = new Dropout(dropout);
  }

  protected override forward(
    ids: Tensor,
    _training: boolean,
    { lengths }: ClassifierContext = {},
  ): Tensor {
    const vectors = this.dropout.call(this.embedding.call(ids));
    const context = lengths === undefined ? {} : { sequenceLengths: lengths };
    return this.scores.call(this.dropout.call(this.reader.call(vectors, context)));
  }
}
