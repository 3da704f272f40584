// SPDX-License-Identifier: Apache-2.0
import { concat, expandDims, fill, matMul, mul, softmax, type Tensor, where } from '@tapeloop/core';
import { type CallContext, Dense, Embedding, initializers, Layer } from '@tapeloop/layers';
import { Bidirectional, type BothStates, LSTM, LSTMState } from '@tapeloop/rnn';
import { startId } from './symbols.ts';

/** Sizes of the model. */
export interface ModelSizes {
  /** Number of ids of letters. */
  readonly letters: number;
  /** Number of ids of phonemes. */
  readonly phonemes: number;
  /** Size of the vectors of letters and phonemes. */
  readonly embedding: number;
  /** Units of the decoder; each direction of the encoder has half of them. */
  readonly hidden: number;
}

/** What a call is given besides the letters. */
export interface PronunciationContext extends CallContext {
  /** int32 `[batch, steps]`: the start and what was said so far. Default: the start alone. */
  readonly said?: Tensor;
}

/** Words that were read. */
export interface Encoding {
  /** What the encoder makes of each letter, `[batch, letters, hidden]`. */
  readonly letters: Tensor;
  /** `bool` `[batch, letters]`: false for padding. */
  readonly mask: Tensor;
  /** What the decoder starts from. */
  readonly state: LSTMState;
}

/** What the decoder gives. */
export interface Decoding {
  /** Scores of the phoneme that follows each, `[batch, steps, phonemes]`. */
  readonly logits: Tensor;
  /** The state after the last. */
  readonly state: LSTMState;
}

/**
 * An encoder-decoder with attention: reads the letters of a word, then says its phonemes.
 *
 * ```
 * letters ─▶ vectors ─▶ LSTM, both ways ─┬─ a vector for each letter ───────┐
 *                                        └─ last states ─┐                  ▼
 * said so far ─▶ vectors ────────────────────────────────┴▶ LSTM ─┬─▶ attention ─┐
 *                                                                 └──────────────┴▶ tanh ─▶ scores
 * ```
 *
 * The attention of a step does not feed the next one, so in training the decoder runs over a whole
 * pronunciation as one op, and so does the attention.
 *
 * Shapes: letters and their mask `[batch, letters]`, `said` `[batch, steps]`, scores
 * `[batch, steps, phonemes]`.
 *
 * @see Luong, Pham and Manning 2015, "Effective Approaches to Attention-based Neural Machine
 *   Translation", section 3.1, without input feeding; Yao and Zweig 2015, "Sequence-to-Sequence
 *   Neural Net Models for Grapheme-to-Phoneme Conversion".
 */
export class PronunciationModel extends Layer<Tensor, PronunciationContext> {
  readonly letterVectors: Embedding;
  readonly encoder: Bidirectional<LSTMState, 'concat', true>;
  readonly phonemeVectors: Embedding;
  readonly decoder: LSTM<true>;
  readonly attended: Dense;
  readonly scores: Dense;

  constructor({ letters, phonemes, embedding, hidden }: ModelSizes) {
    super();
    const vectors = { embeddingsInitializer: initializers.normal({ stddev: 1 }) };
    const sequences = { returnSequences: true, returnState: true } as const;
    this.letterVectors = new Embedding(letters, embedding, vectors);
    this.encoder = new Bidirectional(new LSTM(hidden / 2, sequences));
    this.phonemeVectors = new Embedding(phonemes, embedding, vectors);
    this.decoder = new LSTM(hidden, sequences);
    this.attended = new Dense(hidden, { activation: 'tanh' });
    this.scores = new Dense(phonemes);
  }

  /** Reads words. @param mask default: there is no padding. */
  encode(letters: Tensor, mask: Tensor = noPadding(letters)): Encoding {
    const { output, state } = this.encoder.call(this.letterVectors.call(letters), { mask });
    return { letters: output, mask, state: sideBySide(state) };
  }

  /** Scores what may follow each of `said`. @param state after what was said before. */
  decode(said: Tensor, encoding: Encoding, state: LSTMState = encoding.state): Decoding {
    const vectors = this.phonemeVectors.call(said);
    const { output, state: after } = this.decoder.call(vectors, { initialState: state });
    const features = concat([output, attend(output, encoding)], -1);
    return { logits: this.scores.call(this.attended.call(features)), state: after };
  }

  protected override forward(
    letters: Tensor,
    _training: boolean,
    { mask, said = justStarted(letters) }: PronunciationContext = {},
  ): Tensor {
    return this.decode(said, this.encode(letters, mask)).logits;
  }
}

/**
 * Dot-product attention: for each query q the mean of the letters' vectors eᵢ, weighted by
 * `softmax(q · eᵢ / √hidden)`. Padding has no weight.
 *
 * Shapes: queries and result `[batch, steps, hidden]`.
 */
export function attend(queries: Tensor, { letters, mask }: Pick<Encoding, 'letters' | 'mask'>) {
  const hidden = queries.shape.at(-1) ?? 1;
  const scores = mul(matMul(queries, letters, { transposeB: true }), 1 / Math.sqrt(hidden));
  const weights = softmax(where(expandDims(mask, 1), scores, Number.NEGATIVE_INFINITY));
  return matMul(weights, letters);
}

/** The last states of both directions as one state of twice the units. */
function sideBySide([forward, backward]: BothStates<LSTMState>): LSTMState {
  return new LSTMState({
    c: concat([forward.c, backward.c], -1),
    h: concat([forward.h, backward.h], -1),
  });
}

function noPadding(letters: Tensor): Tensor {
  return fill(letters.shape, 1, 'bool');
}

function justStarted({ shape: [batch = 0] }: Tensor): Tensor {
  return fill([batch, 1], startId, 'int32');
}
