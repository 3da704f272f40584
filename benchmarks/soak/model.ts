// SPDX-License-Identifier: Apache-2.0
import { softmaxCrossEntropy, type Tensor } from '@tapeloop/core';
import { type CallContext, Dense, Embedding, Layer } from '@tapeloop/layers';
import { DropoutWrapper, GRUCell, LSTMCell, RNN, StackedRNNCells } from '@tapeloop/rnn';
import { UserCell } from '../sequence-options/user-cell.ts';

/** What a call takes besides the ids. */
interface LengthsContext extends CallContext {
  readonly sequenceLengths?: readonly number[];
}

/**
 * A small model that takes every way memory goes in training: the fused path, stacked, with
 * variational dropout; the generic path; masks.
 */
export class SoakModel extends Layer<Tensor, LengthsContext> {
  readonly embedding: Embedding;
  readonly fused: RNN<unknown>;
  readonly generic: RNN<unknown>;
  readonly dense: Dense;

  constructor(vocabulary: number, units: number) {
    super();
    const dropped = new DropoutWrapper(new LSTMCell(units), {
      ...{ inputKeepProb: 0.9, stateKeepProb: 0.9, outputKeepProb: 0.9, seed: 1 },
      ...{ variationalRecurrent: true, inputSize: units, dtype: 'float32' },
    });
    const options = { returnSequences: true, timeMajor: true };
    this.embedding = new Embedding(vocabulary, units);
    this.fused = new RNN<unknown>(new StackedRNNCells([dropped, new GRUCell(units)]), options);
    this.generic = new RNN<unknown>(new UserCell(units), options);
    this.dense = new Dense(vocabulary);
  }

  /** The mean cross-entropy of predicting `targets` from `ids`, both int32 `[time, batch]`. */
  loss(ids: Tensor, targets: Tensor, sequenceLengths?: readonly number[]): Tensor {
    const context = sequenceLengths === undefined ? {} : { sequenceLengths };
    return softmaxCrossEntropy(this.call(ids, { training: true, ...context }), targets);
  }

  protected override forward(
    ids: Tensor,
    _training: boolean,
    { sequenceLengths }: LengthsContext = {},
  ): Tensor {
    const context = sequenceLengths === undefined ? {} : { sequenceLengths };
    const outputs = this.fused.call(this.embedding.call(ids), context);
    return this.dense.call(this.generic.call(outputs, context));
  }
}
