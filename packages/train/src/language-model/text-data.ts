// SPDX-License-Identifier: Apache-2.0
import { ContiguousBatches, type ContiguousBatchesOptions } from '../data/contiguous-batches.ts';
import type { Corpus } from '../text/corpus.ts';
import { BpeTokenizer } from '../tokenizers/bpe-tokenizer.ts';
import { CharTokenizer } from '../tokenizers/char-tokenizer.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import { WordTokenizer } from '../tokenizers/word-tokenizer.ts';

/** The last part of a text is kept from training, to see how a model does on what it never saw. */
const validationPart = 0.05;

/** Enough tokens for a steady figure; more of a long text would only take time. */
const longestValidation = 65_536;

/** How a text can be cut into tokens. */
export const tokenizerKinds = ['char', 'word', 'bpe'] as const;

/** `CharTokenizer`, `WordTokenizer` or `BpeTokenizer`. */
export type TokenizerKind = (typeof tokenizerKinds)[number];

/** A text as ids. */
export interface TokenizedText {
  readonly training: Int32Array<ArrayBuffer>;
  readonly validation: Int32Array<ArrayBuffer>;
}

/**
 * Learns a tokenizer from the part of a text that is trained on.
 *
 * @param size most ids of `word` and `bpe`.
 */
export function trainTokenizer(kind: TokenizerKind, corpus: Corpus, size: number): Tokenizer {
  const [training] = splitCorpus(corpus);
  switch (kind) {
    case 'char':
      return CharTokenizer.train(training);
    case 'word':
      return WordTokenizer.train(training, { maxSize: size });
    case 'bpe':
      return BpeTokenizer.train(training, { vocabularySize: size });
  }
}

/** The ids of both parts of a corpus; of the one to validate with, 65,536 at most. */
export function tokenize(corpus: Corpus, tokenizer: Tokenizer): TokenizedText {
  const [training, validation] = splitCorpus(corpus);
  return {
    training: tokenizer.encode(training),
    validation: tokenizer.encode(validation).slice(0, longestValidation),
  };
}

/** The parts to train on and to validate with: what the corpus holds out, or else the end of its text. */
export function splitCorpus({ text, heldOut }: Corpus): [training: string, validation: string] {
  return heldOut === undefined ? splitText(text) : [text, heldOut];
}

/** The first 95 % of a text and the rest, never cut inside a character. */
export function splitText(text: string): [training: string, validation: string] {
  const at = Math.floor(text.length * (1 - validationPart));
  const unit = text.charCodeAt(at);
  const insidePair = unit >= 0xdc00 && unit <= 0xdfff;
  const cut = insidePair ? at + 1 : at;
  return [text.slice(0, cut), text.slice(cut)];
}

/**
 * The text to validate with, in as many rows as fill a window each, as far as it is long enough; with
 * several ranks, each has as many.
 */
export function validationBatches(
  ids: Int32Array,
  { batch, window, rank = 0, ranks = 1 }: ContiguousBatchesOptions,
): ContiguousBatches {
  const rows = Math.min(batch * ranks, Math.floor(ids.length / window));
  const each = Math.max(1, Math.floor(rows / ranks));
  return new ContiguousBatches(ids, { batch: each, window, rank, ranks });
}
