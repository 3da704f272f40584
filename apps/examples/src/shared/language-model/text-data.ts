// SPDX-License-Identifier: Apache-2.0
import { type BatchSizes, ContiguousBatches } from '../contiguous-batches.ts';
import { type Corpus, fingerprint } from '../corpus.ts';
import { UserError } from '../user-error.ts';
import { Vocabulary, type VocabularyOptions } from '../vocabulary.ts';

/** The last part of the text is kept from training, to see how the model does on text it never saw. */
const validationPart = 0.05;

/** Enough tokens for a steady figure; more of a long text would only take time. */
const longestValidation = 65_536;

/** A text, ready to train on. */
export interface TextData {
  readonly name: string;
  /** SHA-256 of the text. */
  readonly fingerprint: string;
  readonly vocabulary: Vocabulary;
  readonly training: ContiguousBatches;
  readonly validation: ContiguousBatches;
}

/**
 * Cuts a text into batches. The vocabulary comes from the training part alone; validation is on the
 * text that the corpus holds out, or else on the last part of its text.
 *
 * @throws UserError when the text is too short for one window of each row.
 */
export function prepareData(
  corpus: Corpus,
  { batch, window }: BatchSizes,
  options: VocabularyOptions = {},
): TextData {
  const [trainingText, validationText] =
    corpus.heldOut === undefined
      ? splitText(corpus.text, 1 - validationPart)
      : [corpus.text, corpus.heldOut];
  const vocabulary = Vocabulary.of(trainingText, options);
  const training = vocabulary.encode(trainingText);
  const validation = vocabulary.encode(validationText).subarray(0, longestValidation);
  const needed = batch * window + 1;
  if (training.length < needed || validation.length < 2) {
    const atLeast = Math.max(Math.ceil(needed / (1 - validationPart)), 2 / validationPart);
    const { many } = vocabulary.tokenizer.names;
    throw new UserError(
      `--data: ${corpus.name} must have about ${atLeast} ${many} or more for --batch ${batch} ` +
        `and --window ${window}, got ${training.length + validation.length}. Use a longer text or ` +
        'make them smaller.',
    );
  }
  const validationRows = Math.max(1, Math.min(batch, Math.floor(validation.length / window)));
  return {
    name: corpus.name,
    fingerprint: fingerprint(corpus),
    vocabulary,
    training: new ContiguousBatches(training, { batch, window }),
    validation: new ContiguousBatches(validation, { batch: validationRows, window }),
  };
}

/** The first `part` of a text and the rest, never cut inside a character. */
export function splitText(text: string, part: number): [string, string] {
  const at = Math.floor(text.length * part);
  const unit = text.charCodeAt(at);
  const insidePair = unit >= 0xdc00 && unit <= 0xdfff;
  const cut = insidePair ? at + 1 : at;
  return [text.slice(0, cut), text.slice(cut)];
}
