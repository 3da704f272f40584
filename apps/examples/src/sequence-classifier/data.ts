// SPDX-License-Identifier: Apache-2.0
import { RandomStream } from '@tapeloop/core';
import { BucketedBatches, CharTokenizer } from '@tapeloop/train';
import { UserError } from '@tapeloop/train/node';
import { holdOut, type Split } from '../shared/hold-out.ts';
import { readData } from '../shared/read-data.ts';
import { type Declaration, declarations } from './languages.ts';

/** One in so many articles, or lines of a file, is kept from training. */
const heldOutEvery = 7;

/** A text and what it is. */
export interface LabelledText {
  readonly label: string;
  readonly text: string;
}

/** A text as the model sees it. */
export interface Example {
  /** Ids of characters, at least one. */
  readonly ids: readonly number[];
  /** Index of its label. */
  readonly label: number;
}

/** What a run is to learn, and how it is cut. */
export interface DataOptions {
  /** A file; the Universal Declaration of Human Rights in 16 languages when empty. */
  readonly data: string;
  /** Words in a snippet of the Declaration. */
  readonly snippet: number;
  readonly batch: number;
  readonly seed: number;
}

/** Labelled texts, ready to train on. */
export interface ClassifierData {
  readonly tokenizer: CharTokenizer;
  readonly labels: readonly string[];
  readonly training: BucketedBatches<Example>;
  readonly trainingExamples: number;
  readonly heldOut: readonly Example[];
}

/** @throws UserError when the file cannot be used. */
export function loadData(options: DataOptions): ClassifierData {
  const { data, snippet } = options;
  const split =
    data === '' ? snippetsOf(declarations(), snippet) : splitLines(data, readData(data).text);
  return prepareData(split, options);
}

/** `loadData` of texts that are at hand. Characters and labels are those of the training part. */
export function prepareData(
  { training, heldOut }: Split<LabelledText>,
  { batch, seed }: Pick<DataOptions, 'batch' | 'seed'>,
): ClassifierData {
  const labels = [...new Set(training.map(({ label }) => label))];
  const tokenizer = CharTokenizer.train(training.map(({ text }) => text).join(''));
  const toExample = ({ label, text }: LabelledText): Example => ({
    ids: [...tokenizer.encode(text)],
    label: labels.indexOf(label),
  });
  const examples = training.map(toExample);
  return {
    tokenizer,
    labels,
    training: new BucketedBatches(examples, {
      batch,
      lengthOf: ({ ids }) => ids.length,
      stream: new RandomStream(seed).fork('data'),
    }),
    trainingExamples: examples.length,
    heldOut: heldOut.map(toExample).filter(({ label }) => label >= 0),
  };
}

/**
 * Snippets of `size` words. Those to train on begin at every word of an article, those held out
 * follow each other; no article is in both, in any language.
 */
export function snippetsOf(
  translations: readonly Declaration[],
  size: number,
): Split<LabelledText> {
  const cut = (part: keyof Split<string>, stride: number) =>
    translations.flatMap(({ language, articles }) => {
      const { [part]: some } = holdOut(articles, heldOutEvery);
      return some
        .flatMap((article) => windows(wordsOf(article), size, stride))
        .map((words) => ({ label: language, text: words.join(' ') }));
    });
  return { training: cut('training', 1), heldOut: cut('heldOut', size) };
}

/**
 * Lines of a label, a tab and a text. One in seven is held out.
 *
 * @throws UserError when a line is none, or fewer than two labels are there to learn.
 */
export function splitLines(path: string, content: string): Split<LabelledText> {
  const texts = content
    .split('\n')
    .map((line, i) => ({ line, number: i + 1 }))
    .filter(({ line }) => line.trim() !== '')
    .map(({ line, number }) => {
      const [label = '', text = ''] = line.split('\t');
      if (label !== '' && text !== '') return { label, text };
      throw new UserError(
        `--data: line ${number} of ${path} must be a label, a tab and a text, got '${line}'.`,
      );
    });
  const split = holdOut(texts, heldOutEvery);
  const labels = new Set(split.training.map(({ label }) => label));
  if (split.heldOut.length > 0 && labels.size >= 2) return split;
  throw new UserError(
    `--data: ${path} must have ${heldOutEvery} lines or more with two labels or more, got ` +
      `${texts.length} lines. Give more examples.`,
  );
}

/** Small letters alone, so that neither names nor punctuation give a language away. */
function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/\p{Letter}+/gu) ?? [];
}

/** `size` items from every `stride`-th on, as long as there are so many. */
function windows<T>(items: readonly T[], size: number, stride: number): T[][] {
  const count = Math.max(0, Math.floor((items.length - size) / stride) + 1);
  return Array.from({ length: count }, (_, i) => items.slice(i * stride, i * stride + size));
}
