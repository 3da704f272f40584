// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { WordsAndMarks } from './words-and-marks.ts';

/** A tokenizer that knows every word of a text. */
const knowing = (text: string) => WordsAndMarks.train(text, { minCount: 1 });

describe('WordsAndMarks', () => {
  it('are in lower case, with what stands inside them, and marks stand alone', () => {
    const text = "It's 1,000 men\n(or so), Mr. Speaker—half-built!";
    const tokenizer = knowing(text);
    const words = Array.from(tokenizer.encode(text), (id) => tokenizer.words[id - 1]);
    expect(words.join(' ')).toBe("it's 1,000 men ( or so ) , mr . speaker — half-built !");
  });

  it('join with spaces where a reader expects them', () => {
    const text = 'yes, (a few) cost $5.';
    const tokenizer = knowing(text);
    expect(tokenizer.decode(tokenizer.encode('YES , ( a few ) cost $ 5 .'))).toBe(text);
    expect(tokenizer.decode([])).toBe('');
  });

  it('of a text without any are none', () => {
    expect([...knowing('a').encode(' \n')]).toEqual([]);
  });

  it('knows the most frequent words where its size is bounded, the first ones of equals', () => {
    const tokenizer = WordsAndMarks.train('c c c b b a a d', { minCount: 1, maxSize: 3 });
    expect(tokenizer.words).toEqual(['a', 'c']);
    expect(tokenizer.size).toBe(3);
    expect([...tokenizer.encode('c b a')]).toEqual([2, tokenizer.unknownId, 1]);
    expect(tokenizer.decode(tokenizer.encode('A, b c.'))).toBe('a <unk> <unk> c <unk>');
  });

  it('knows only words that occur often enough', () => {
    expect(WordsAndMarks.train('b b a c c', { minCount: 2 }).words).toEqual(['b', 'c']);
  });
});
