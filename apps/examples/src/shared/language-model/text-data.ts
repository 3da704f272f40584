// SPDX-License-Identifier: Apache-2.0
import {
  ContiguousBatches,
  type Corpus,
  fingerprint,
  splitCorpus,
  type Tokenizer,
  tokenize,
  validationBatches,
} from '@tapeloop/train';
import { UserError } from '@tapeloop/train/node';

/** The part of a text that is kept from training, where its corpus holds no other out. */
const validationPart = 0.05;

/** A corpus, ready to train on. */
export interface TextData {
  /** What to call it on the terminal. */
  readonly name: string;
  /** Tells whether a run goes on with the text that it began with. */
  readonly fingerprint: string;
  readonly tokenizer: Tokenizer;
  readonly training: ContiguousBatches;
  readonly validation: ContiguousBatches;
}

/** How a corpus is cut. */
export interface TextDataOptions {
  /** Rows of text side by side. */
  readonly batch: number;
  /** Tokens of each row in a step. */
  readonly window: number;
  /** What a token is called. */
  readonly token: string;
  /** Learns a tokenizer from the part of the text that is trained on. */
  readonly trainTokenizer: (text: string) => Tokenizer;
}

/**
 * Cuts a corpus into batches.
 *
 * @throws UserError when it is too short for one window of each row.
 */
export async function prepareData(
  corpus: Corpus,
  { batch, window, token, trainTokenizer }: TextDataOptions,
): Promise<TextData> {
  const tokenizer = trainTokenizer(splitCorpus(corpus)[0]);
  const { training, validation } = tokenize(corpus, tokenizer);
  const needed = batch * window + 1;
  if (training.length < needed || validation.length < 2) {
    const atLeast = Math.max(Math.ceil(needed / (1 - validationPart)), 2 / validationPart);
    throw new UserError(
      `--data: ${corpus.name} must have about ${atLeast} ${token}s or more for --batch ${batch} and ` +
        `--window ${window}, got ${training.length + validation.length}. Use a longer text or make ` +
        'them smaller.',
    );
  }
  return {
    name: corpus.name,
    fingerprint: await fingerprint(corpus),
    tokenizer,
    training: new ContiguousBatches(training, { batch, window }),
    validation: validationBatches(validation, { batch, window }),
  };
}
