// SPDX-License-Identifier: Apache-2.0
import type { Tensor } from '@tapeloop/core';
import {
  Dense,
  Embedding,
  EmbeddingDropout,
  initializers,
  Layer,
  TiedDense,
} from '@tapeloop/layers';
import {
  DropoutWrapper,
  GRUCell,
  LSTMCell,
  type LSTMState,
  RNN,
  type RNNCell,
  SimpleRNNCell,
  StackedRNNCells,
} from '@tapeloop/rnn';
import type {
  LanguageModelContext,
  Prediction,
  RecurrentLanguageModel,
} from '../generate/language-model.ts';

/** The state of one recurrent layer. */
export type CellState = Tensor | LSTMState;

/** What a model remembers of the text so far: a state for each of its layers. */
export type TextState = readonly CellState[];

/** The cells that a `LanguageModel` can be made of. */
export const cellKinds = ['lstm', 'gru', 'rnn'] as const;

/** `LSTMCell`, `GRUCell` or `SimpleRNNCell`. */
export type CellKind = (typeof cellKinds)[number];

/** What shapes a `LanguageModel`. */
export interface LanguageModelConfig {
  /** Its random streams fork from it: another name starts from other weights. Default `language_model`. */
  readonly name?: string;
  /** Default `lstm`. */
  readonly cell?: CellKind;
  /** Size of a token's vector. */
  readonly embedding: number;
  /** Units of each recurrent layer. */
  readonly hidden: number;
  /** Recurrent layers. */
  readonly layers: number;
  /** The output layer shares the table of the embedding; needs `embedding` equal to `hidden`. Default false. */
  readonly tied?: boolean;
  /** Probability to keep a token of the vocabulary, wherever it stands in the batch. Default 1. */
  readonly tokenKeep?: number;
  /** Probability to keep an element of a token's vector. Default: `inputKeep`. */
  readonly embeddingKeep?: number;
  /** Probability to keep an element of a layer's inputs. Default 1. */
  readonly inputKeep?: number;
  /** Probability to keep an element of a layer's state; of an LSTM's, of `h`. Default 1. */
  readonly stateKeep?: number;
  /** Probability to keep an element of a layer's output. Default 1. */
  readonly outputKeep?: number;
  /** One mask for all steps of a window instead of a new one each step. Default false. */
  readonly variational?: boolean;
  /** With `variational`, a mask for each row of the batch. Default false: one for all rows. */
  readonly maskPerExample?: boolean;
}

/**
 * A language model: an embedding, recurrent layers, each in a `DropoutWrapper`, and a dense layer that
 * scores every token as the next.
 *
 * Shapes: ids int32 `[time, batch]`.
 *
 * Two choices that were measured, in bits a character on Moby-Dick after 400 steps with LSTM layers:
 * vectors of standard deviation 1 instead of Keras's narrow ones save 0.17, forget gates that begin
 * half open instead of nearly open save 0.12.
 *
 * @see Zaremba, Sutskever and Vinyals 2014, "Recurrent Neural Network Regularization"; Gal and
 *   Ghahramani 2016, "A Theoretically Grounded Application of Dropout in Recurrent Neural Networks".
 */
export class LanguageModel
  extends Layer<Prediction<TextState>, LanguageModelContext<TextState>>
  implements RecurrentLanguageModel<TextState>
{
  readonly embedding: Embedding | EmbeddingDropout;
  readonly rnn: RNN<TextState, true>;
  readonly scores: Dense | TiedDense;

  /** @param vocabularySize number of tokens. */
  constructor(vocabularySize: number, config: LanguageModelConfig) {
    super(config.name === undefined ? {} : { name: config.name });
    const { embedding: size, tied = false, tokenKeep = 1 } = config;
    // Tied vectors are the output weights too, where such large ones would start with wild guesses.
    const embedding = new Embedding(vocabularySize, size, {
      embeddingsInitializer: initializers.normal({ stddev: tied ? 0.1 : 1 }),
    });
    const cells = Array.from({ length: config.layers }, (_, layer) => layerOf(layer, config));
    this.embedding = tokenKeep < 1 ? new EmbeddingDropout(embedding, 1 - tokenKeep) : embedding;
    this.rnn = new RNN(new StackedRNNCells<TextState>(cells), {
      timeMajor: true,
      returnSequences: true,
      returnState: true,
    });
    this.scores = tied ? new TiedDense(embedding) : new Dense(vocabularySize);
  }

  /** Its first weights and the names in its checkpoints follow from it: no minifier may change it. */
  override get className(): string {
    return 'LanguageModel';
  }

  protected override forward(
    ids: Tensor,
    _training: boolean,
    { state: before }: LanguageModelContext<TextState> = {},
  ): Prediction<TextState> {
    const vectors = this.embedding.call(ids);
    const start = before === undefined ? {} : { initialState: before };
    const { output, state } = this.rnn.call(vectors, start);
    return { logits: this.scores.call(output), state };
  }
}

function layerOf(layer: number, config: LanguageModelConfig): RNNCell<CellState> {
  const { inputKeep = 1, embeddingKeep = inputKeep, stateKeep = 1, outputKeep = 1 } = config;
  const { variational = false, maskPerExample = false } = config;
  return new DropoutWrapper<CellState, Tensor, Tensor>(cellOf(config), {
    inputKeepProb: layer === 0 ? embeddingKeep : inputKeep,
    stateKeepProb: stateKeep,
    outputKeepProb: outputKeep,
    variationalRecurrent: variational,
    maskPerExample,
    inputSize: layer === 0 ? config.embedding : config.hidden,
    dtype: 'float32',
  });
}

function cellOf({ cell = 'lstm', hidden }: LanguageModelConfig): RNNCell<CellState> {
  switch (cell) {
    case 'lstm':
      return new LSTMCell(hidden, { unitForgetBias: false });
    case 'gru':
      return new GRUCell(hidden);
    case 'rnn':
      return new SimpleRNNCell(hidden);
  }
}
