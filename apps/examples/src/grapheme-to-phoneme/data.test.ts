// SPDX-License-Identifier: Apache-2.0
import { init } from '@tapeloop/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadData, prepareData } from './data.ts';
import type { Entry } from './dictionary.ts';

beforeAll(async () => {
  await init();
});

const digits = (i: number) =>
  String(i).replaceAll(/\d/g, (digit) => 'abcdefghij'[Number(digit)] ?? '');
const entries: Entry[] = Array.from({ length: 500 }, (_, i) => ({
  word: digits(i),
  pronunciations: [[...digits(i).toUpperCase()]],
}));
const options = { data: 'a.dict', words: ['hello', digits(7), digits(49)], batch: 8, seed: 1 };

describe('prepareData', () => {
  const entriesAndMore = [...entries, { word: 'hello', pronunciations: [['L'], ['O']] }];
  const data = prepareData(entriesAndMore, options);

  it('trains on no word that is held out or watched', () => {
    const training = Array.from({ length: data.training.batchesPerPass }, (_, i) =>
      data.training.at(i).map(({ word }) => word),
    ).flat();
    const unseen = [...data.heldOut, ...data.watched].map(({ word }) => word);
    expect(training.length).toBe(data.trainingWords);
    expect(new Set([...training, ...unseen]).size).toBe(501);
    expect(training.filter((word) => unseen.includes(word))).toEqual([]);
  });

  it('holds out every 50th of the others', () => {
    // Words 7 and 49 are watched and so do not count.
    const places = [51, 101, 151, 201, 251, 301, 351, 401, 451];
    expect(data.heldOut.map(({ word }) => word)).toEqual(places.map(digits));
  });

  it('knows how watched words are said, where the dictionary does', () => {
    expect(data.watched[0]?.pronunciations).toEqual([['L'], ['O']]);
    const unknown = prepareData(entries, { ...options, words: ['jig'] });
    expect(unknown.watched).toEqual([{ word: 'jig', pronunciations: [] }]);
  });

  it('refuses words of other letters, no word, and a dictionary that is too short', () => {
    const prepare = (words: readonly string[]) => () => prepareData(entries, { ...options, words });
    expect(prepare(['abba', 'naïve'])).toThrow(
      "--words must be words of the letters abcdefghij, got 'n' in 'naïve'.",
    );
    expect(prepare([''])).toThrow('got an empty word');
    expect(() => prepareData(entries.slice(0, 99), options)).toThrow(
      '--data: a.dict must have at least 100 words, got 99.',
    );
  });
});

describe('loadData', () => {
  it('takes the CMU dictionary without a file', () => {
    const { trainingWords, heldOut } = loadData({ ...options, data: '', words: ['whale'] });
    expect([trainingWords, heldOut.length]).toEqual([122_421, 2498]);
  });
});
