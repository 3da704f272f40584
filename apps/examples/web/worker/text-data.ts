// SPDX-License-Identifier: Apache-2.0
import {
  CharTokenizer,
  ContiguousBatches,
  type Corpus,
  splitText,
  validationBatches,
} from '@tapeloop/train';
import type { ModelSettings } from '../settings.ts';

/** Characters of each row in a training step. */
const window = 64;

/** Enough characters for a steady figure; more would keep the page waiting. */
const longestValidation = 8192;

/** From this length on, characters that occur fewer than ten times share one id. */
const longText = 100_000;

/** A text, ready to train on. */
export interface TextData {
  readonly tokenizer: CharTokenizer;
  readonly training: ContiguousBatches;
  readonly validation: ContiguousBatches;
}

/** Cuts a text into batches. The characters that it knows come from the training part. */
export function prepareText({ text }: Corpus, settings: ModelSettings): TextData {
  const [training, validation] = splitText(text);
  const tokenizer = CharTokenizer.train(training, { minCount: text.length < longText ? 2 : 10 });
  const sizes = { batch: rowsFor(settings), window };
  const validationIds = tokenizer.encode(validation.slice(0, longestValidation));
  return {
    tokenizer,
    training: new ContiguousBatches(tokenizer.encode(training), sizes),
    validation: validationBatches(validationIds, sizes),
  };
}

/** Rows of text side by side: few, since the page waits for a step to end; fewer in wide layers. */
function rowsFor({ units }: ModelSettings): number {
  return units > 128 ? 8 : 16;
}
