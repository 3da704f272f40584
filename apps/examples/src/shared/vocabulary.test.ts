// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { words } from './tokenizer.ts';
import { unknownId, Vocabulary } from './vocabulary.ts';

describe('Vocabulary', () => {
  it('numbers the tokens that occur often enough in order of code point, from 1', () => {
    const vocabulary = Vocabulary.of('bbaac', { minCount: 2 });
    expect(vocabulary.tokens).toEqual(['a', 'b']);
    expect(vocabulary.size).toBe(3);
    expect([...vocabulary.encode('abcab')]).toEqual([1, 2, unknownId, 1, 2]);
  });

  it('gives the text back but for unknown characters', () => {
    const vocabulary = Vocabulary.of('a whale, a whale', { minCount: 2 });
    expect(vocabulary.decode(vocabulary.encode('a whale'))).toBe('a whale');
    expect(vocabulary.decode(vocabulary.encode('a z'))).toBe('a \uFFFD');
  });

  it('counts characters outside the basic plane as one each', () => {
    const vocabulary = Vocabulary.of('🐋a🐋a', { minCount: 2 });
    expect(vocabulary.tokens).toEqual(['a', '🐋']);
    expect([...vocabulary.encode('🐋a🐋')]).toEqual([2, 1, 2]);
    expect(vocabulary.decode([2, 1])).toBe('🐋a');
  });

  it('knows the most frequent tokens where its size is bounded, the first ones of equals', () => {
    const vocabulary = Vocabulary.of('c c c b b a a d', {
      tokenizer: words,
      minCount: 1,
      maxSize: 3,
    });
    expect(vocabulary.tokens).toEqual(['a', 'c']);
    expect(vocabulary.size).toBe(3);
    expect(vocabulary.decode(vocabulary.encode('A, b c.'))).toBe('a <unk> <unk> c <unk>');
  });
});
