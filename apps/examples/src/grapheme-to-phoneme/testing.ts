// SPDX-License-Identifier: Apache-2.0
import { parseOptions } from '@tapeloop/train/node';
import { type TrainingConfig, trainingOptions } from './config.ts';
import { type PronunciationData, prepareData } from './data.ts';
import type { Entry } from './dictionary.ts';

/** Options of a run that takes milliseconds. */
export const tinyConfig: TrainingConfig = {
  ...parseOptions(trainingOptions, []).values,
  steps: 12,
  warmup: 2,
  batch: 8,
  embedding: 6,
  hidden: 8,
};

/** 500 words of 3 to 5 letters that are said as they are spelt; but for `c`, which is said K S. */
export const tinyEntries: readonly Entry[] = Array.from({ length: 500 }, (_, i) => {
  const letters = Array.from((5 * i + 25).toString(5), (digit) => 'abcde'[Number(digit)] ?? '');
  const said = letters.flatMap((letter) => (letter === 'c' ? ['K', 'S'] : letter.toUpperCase()));
  return { word: letters.join(''), pronunciations: [said] };
});

/** The lines of a dictionary file. */
export const tinyDictionary = tinyEntries
  .map(({ word, pronunciations: [usual = []] }) => `${word}  ${usual.join(' ')}`)
  .join('\n');

export function tinyData(config: TrainingConfig = tinyConfig): PronunciationData {
  return prepareData(tinyEntries, { ...config, words: ['bca', 'dada'] });
}
