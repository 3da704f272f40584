// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { cmuDictionary, parseDictionary, readDictionary } from './dictionary.ts';

describe('parseDictionary', () => {
  it('gathers the pronunciations of a word, without stress', () => {
    const text = ";;; a comment\nREAD  R EH1 D\nREAD(2)  R IY1 D\nIt's  IH1 T S # a name\n";
    expect(parseDictionary(text)).toEqual([
      {
        word: 'read',
        pronunciations: [
          ['R', 'EH', 'D'],
          ['R', 'IY', 'D'],
        ],
      },
      { word: "it's", pronunciations: [['IH', 'T', 'S']] },
    ]);
  });

  it('passes over what is spelt with other signs, or not said', () => {
    expect(parseDictionary('a.m.  EY EH M\n3d  TH R IY D IY\nmute\n\n')).toEqual([]);
  });
});

describe('readDictionary', () => {
  it('says in one line that there is no such file', () => {
    expect(() => readDictionary('nowhere.dict')).toThrow(
      /^--data: cannot read nowhere\.dict: [^\n]+$/,
    );
  });
});

describe('cmuDictionary', () => {
  it('has 124,920 words in 27 letters and 39 phonemes', () => {
    const entries = cmuDictionary();
    expect(entries.length).toBe(124_920);
    expect(new Set(entries.flatMap(({ word }) => [...word])).size).toBe(27);
    const phonemes = entries.flatMap(({ pronunciations }) => pronunciations.flat());
    expect(new Set(phonemes).size).toBe(39);
    expect(entries.find(({ word }) => word === 'hello')?.pronunciations).toEqual([
      ['HH', 'AH', 'L', 'OW'],
      ['HH', 'EH', 'L', 'OW'],
    ]);
  });
});
