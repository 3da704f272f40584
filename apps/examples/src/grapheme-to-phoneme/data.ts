// SPDX-License-Identifier: Apache-2.0
import { RandomStream } from '@tapeloop/core';
import { BucketedBatches } from '@tapeloop/train';
import { UserError } from '@tapeloop/train/node';
import { holdOut } from '../shared/hold-out.ts';
import { cmuDictionary, type Entry, readDictionary } from './dictionary.ts';
import { Symbols } from './symbols.ts';

/** Every so many words one is kept from training, to see how the model does on words it never saw. */
const heldOutEvery = 50;

/** Fewer words cannot be split. */
const fewestWords = 2 * heldOutEvery;

/** What a run is to learn, and how it is cut. */
export interface DataOptions {
  /** A file; the Carnegie Mellon Pronouncing Dictionary when empty. */
  readonly data: string;
  /** Words that are said now and then; they are kept from training too. */
  readonly words: readonly string[];
  readonly batch: number;
  readonly seed: number;
}

/** A dictionary, ready to train on. */
export interface PronunciationData {
  readonly letters: Symbols;
  readonly phonemes: Symbols;
  readonly training: BucketedBatches<Entry>;
  readonly trainingWords: number;
  /** Every 50th word of the dictionary. */
  readonly heldOut: readonly Entry[];
  /** `words`; those that the dictionary does not have come without pronunciations. */
  readonly watched: readonly Entry[];
}

/** @throws UserError when the file or a word cannot be used. */
export function loadData(options: DataOptions): PronunciationData {
  const entries = options.data === '' ? cmuDictionary() : readDictionary(options.data);
  return prepareData(entries, options);
}

/** `loadData` of a dictionary that is at hand. */
export function prepareData(
  entries: readonly Entry[],
  { data, words, batch, seed }: DataOptions,
): PronunciationData {
  if (entries.length < fewestWords) {
    throw new UserError(
      `--data: ${data} must have at least ${fewestWords} words, got ${entries.length}. Each line ` +
        'is a word and its phonemes, split by spaces.',
    );
  }
  const letters = new Symbols(entries.flatMap(({ word }) => [...word]).sort());
  const phonemes = new Symbols(
    entries.flatMap(({ pronunciations }) => pronunciations.flat()).sort(),
  );
  checkWords(words, letters);
  const isWatched = new Set(words);
  const others = entries.filter(({ word }) => !isWatched.has(word));
  const { training, heldOut } = holdOut(others, heldOutEvery);
  const known = new Map(entries.map((entry) => [entry.word, entry]));
  return {
    letters,
    phonemes,
    training: new BucketedBatches(training, {
      batch,
      lengthOf: ({ word }) => word.length,
      stream: new RandomStream(seed).fork('data'),
    }),
    trainingWords: training.length,
    heldOut,
    watched: words.map((word) => known.get(word) ?? { word, pronunciations: [] }),
  };
}

function checkWords(words: readonly string[], letters: Symbols): void {
  for (const word of words) {
    const strange = [...word].find((letter) => !letters.has(letter));
    if (word !== '' && strange === undefined) continue;
    const reason = strange === undefined ? 'an empty word' : `'${strange}' in '${word}'`;
    throw new UserError(
      `--words must be words of the letters ${letters.all.join('')}, got ${reason}.`,
    );
  }
}
