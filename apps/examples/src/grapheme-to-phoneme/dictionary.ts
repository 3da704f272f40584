// SPDX-License-Identifier: Apache-2.0
import { dictionary } from 'cmu-pronouncing-dictionary';
import { readData } from '../shared/read-data.ts';

/** A way to say a word: its phonemes in ARPAbet, such as `HH AH L OW`. */
export type Pronunciation = readonly string[];

/** A word and every way to say it, the usual one first. */
export interface Entry {
  readonly word: string;
  readonly pronunciations: readonly Pronunciation[];
}

/** `word` and, for its other pronunciations, `word(2)`, `word(3)` …; no digits or dots. */
const spelling = /^([a-z']+)(\(\d+\))?$/;

/**
 * The Carnegie Mellon Pronouncing Dictionary: 124,920 English words and names, without those spelt
 * with digits, dots or hyphens. Of its 39 phonemes the marks of stress are left out, as in published
 * results.
 *
 * @see The npm package `cmu-pronouncing-dictionary` (ISC) and its source, CMUdict (BSD, 2 clauses).
 */
export function cmuDictionary(): Entry[] {
  return entriesOf(Object.entries(dictionary));
}

/**
 * A dictionary of your own in CMUdict's format: lines of a word and its phonemes, split by spaces;
 * `;;;` begins a comment.
 *
 * @throws UserError when the file cannot be read, is not UTF-8, or is empty.
 */
export function readDictionary(path: string): Entry[] {
  return parseDictionary(readData(path).text);
}

/** `readDictionary` of a text that is at hand. Lines that are no entry are passed over. */
export function parseDictionary(text: string): Entry[] {
  const lines = text.split(/\r?\n/).filter((line) => !line.startsWith(';;;'));
  return entriesOf(
    lines.map((line): [string, string] => {
      const [word = '', ...phonemes] = line.trim().split(/\s+/);
      return [word.toLowerCase(), phonemes.join(' ')];
    }),
  );
}

function entriesOf(lines: readonly (readonly [spelt: string, said: string])[]): Entry[] {
  const found = new Map<string, Pronunciation[]>();
  for (const [spelt, said] of lines) {
    const word = spelling.exec(spelt)?.[1];
    const phonemes = phonemesOf(said);
    if (word === undefined || phonemes.length === 0) continue;
    const known = found.get(word);
    if (known === undefined) found.set(word, [phonemes]);
    else known.push(phonemes);
  }
  return [...found].map(([word, pronunciations]) => ({ word, pronunciations }));
}

/** `AE1 L B # a comment` is `AE L B`: digits tell the stress. */
function phonemesOf(said: string): Pronunciation {
  const [phonemes = ''] = said.split('#');
  return phonemes.replaceAll(/\d/g, '').split(' ').filter(Boolean);
}
