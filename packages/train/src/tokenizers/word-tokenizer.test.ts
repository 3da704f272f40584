// SPDX-License-Identifier: Apache-2.0
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mobyDick } from '../text/moby-dick-testing.ts';
import { tokenizerFromJson } from './tokenizer-from-json.ts';
import { piecesOf } from './word-pieces.ts';
import { WordTokenizer } from './word-tokenizer.ts';

describe('WordTokenizer', () => {
  it('numbers words by falling frequency, equals in order of code unit, after unknown and line end', () => {
    const tokenizer = WordTokenizer.train('b a b\nc a b .\n');
    expect(tokenizer.words).toEqual(['b', 'a', '.', 'c']);
    expect(tokenizer.size).toBe(6);
    expect([...tokenizer.encode('a b d\n')]).toEqual([
      3,
      2,
      tokenizer.unknownId,
      tokenizer.lineEndId,
    ]);
  });

  it('splits words with apostrophes, numbers with points, and runs of one sign', () => {
    expect([...piecesOf("Don’t the sailors' 1,234.5 whales--“blow...” naïve e\u0301!?\n")]).toEqual(
      [
        ...['Don’t', 'the', 'sailors', "'", '1,234.5', 'whales', '--', '“', 'blow', '...', '”'],
        ...['naïve', 'e\u0301', '!', '?', '\n'],
      ],
    );
  });

  it('keeps the most frequent words when there is room for few', () => {
    const text = 'a a a b b c';
    expect(WordTokenizer.train(text, { maxSize: 4 }).words).toEqual(['a', 'b']);
    expect(WordTokenizer.train(text, { minCount: 2 }).words).toEqual(['a', 'b']);
    expect(WordTokenizer.train(text, { maxSize: 1 }).words).toEqual([]);
  });

  it('reads text that was prepared like the Penn Treebank’s', () => {
    const tokenizer = WordTokenizer.train(' the <unk> of N \n the <unk> \n');
    expect(tokenizer.words).toEqual(['the', 'N', 'of']);
    expect([...tokenizer.encode('the <unk> of\n')]).toEqual([2, 0, 4, 1]);
    expect(tokenizer.decode([2, 0, 4, 1])).toBe('the <unk> of\n');
  });

  it('takes words in capitals for others, unless told to write all in lower case', () => {
    expect(WordTokenizer.train('The the THE').size).toBe(5);
    const tokenizer = WordTokenizer.train('The the THE', { lowercase: true });
    expect(tokenizer.words).toEqual(['the']);
    expect(tokenizer.decode(tokenizer.encode('THE'))).toBe('the');
  });

  it.each([
    'Call me Ishmael. Some years ago--never mind how long--having little money, I thought...\n',
    '"Well," said he, "there she blows!" The end.\n\n(It\'s 1,234 miles; 5% more.)\n',
    '“Captain,” he cried: “look!” – costs $5 [or £4]\nDas weiß-graue Tier?!\n',
  ])('prints %j as it was', (text) => {
    const tokenizer = WordTokenizer.train(text);
    expect(tokenizer.decode(tokenizer.encode(text))).toBe(text.replace(' – ', '–'));
  });

  it('prints nine of ten paragraphs of Moby-Dick as they were', () => {
    const paragraphs = mobyDick().split('\n\n').slice(200);
    const tokenizer = WordTokenizer.train(paragraphs.join('\n'));
    const same = paragraphs.filter((text) => tokenizer.decode(tokenizer.encode(text)) === text);
    expect(same.length / paragraphs.length).toBeGreaterThan(0.9);
  });

  it('splits what it printed into the same ids, one by one as at once, also after JSON', () => {
    const word = fc.constantFrom(
      'a',
      'whale',
      '12',
      '.',
      ',',
      '"',
      '(',
      ')',
      '--',
      '$',
      '\n',
      '<unk>',
    );
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const text = words.join(' ');
        const json = JSON.parse(JSON.stringify(WordTokenizer.train(text)));
        const tokenizer = tokenizerFromJson(json);
        const ids = tokenizer.encode(text);
        const stream = tokenizer.decodeStream();
        const printed = Array.from(ids, (id) => stream.push(id)).join('') + stream.end();
        expect(tokenizer.decode(ids)).toBe(printed);
        expect(printed.replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it.each([
    [{ version: '1' }, 'version must be 1, got "1"'],
    [{ lowercase: 1 }, 'lowercase must be true or false, got 1'],
    [{ words: {} }, 'words must be a list, got an object'],
    [{ words: ['a', 'b c'] }, 'words[1] is not one word, number or sign'],
    [{ words: ['\n'] }, 'words[0] is not one word, number or sign'],
    [{ words: ['a', 'a'] }, 'words[1] repeats "a"'],
  ])('refuses JSON with %j', (wrong, reason) => {
    const json = { type: 'WordTokenizer', version: 1, lowercase: false, words: [], ...wrong };
    const read = () => tokenizerFromJson(json, { source: 'run.json' });
    expect(read).toThrow(`WordTokenizer.fromJSON: run.json: ${reason}.`);
  });
});
