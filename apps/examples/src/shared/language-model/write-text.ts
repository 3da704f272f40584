// SPDX-License-Identifier: Apache-2.0
import {
  type GenerateOptions,
  generate,
  type LanguageModel,
  type Tokenizer,
} from '@tapeloop/train';

/** What is written. */
export interface WritingOptions extends Omit<GenerateOptions, 'prompt'> {
  /** The text to go on from; at least one token. */
  readonly prompt: string;
}

/** Makes text, piece by piece. Never the unknown token: it cannot be written. */
export function* writeText(
  model: LanguageModel,
  tokenizer: Tokenizer,
  { prompt, ...options }: WritingOptions,
): Generator<string, undefined> {
  const ids = tokenizer.encode(prompt);
  const decoder = tokenizer.decodeStream();
  // Whether a space stands before the first token depends on the last of the prompt.
  for (const id of ids) decoder.push(id);
  const forbidden = tokenizer.unknownId;
  for (const id of generate(model, { ...options, prompt: ids, forbidden })) yield decoder.push(id);
  yield decoder.end();
}
