// SPDX-License-Identifier: Apache-2.0
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CharTokenizer } from './char-tokenizer.ts';
import { tokenizerFromJson } from './tokenizer-from-json.ts';

describe('CharTokenizer', () => {
  it('numbers the characters that occur often enough in order of code point, from 1', () => {
    const tokenizer = CharTokenizer.train('bbaac', { minCount: 2 });
    expect(tokenizer.characters).toEqual(['a', 'b']);
    expect(tokenizer.size).toBe(3);
    expect([...tokenizer.encode('abcab')]).toEqual([1, 2, tokenizer.unknownId, 1, 2]);
  });

  it('asks for ten occurrences', () => {
    const { characters } = CharTokenizer.train(`${'a'.repeat(10)}${'b'.repeat(9)}`);
    expect(characters).toEqual(['a']);
  });

  it('gives the text back but for unknown characters and numbers that are no id', () => {
    const tokenizer = CharTokenizer.train('a whale, a whale', { minCount: 2 });
    expect(tokenizer.decode(tokenizer.encode('a whale'))).toBe('a whale');
    expect(tokenizer.decode(tokenizer.encode('a z'))).toBe('a \uFFFD');
    expect(tokenizer.decode([-1, 100])).toBe('\uFFFD\uFFFD');
  });

  it('counts characters outside the basic plane as one each', () => {
    const tokenizer = CharTokenizer.train('🐋a🐋a', { minCount: 2 });
    expect(tokenizer.characters).toEqual(['a', '🐋']);
    expect([...tokenizer.encode('🐋a🐋')]).toEqual([2, 1, 2]);
    expect(tokenizer.decode([2, 1])).toBe('🐋a');
  });

  it('gives any text that it knows back, one by one as at once, also after JSON', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const json = JSON.parse(JSON.stringify(CharTokenizer.train(text, { minCount: 1 })));
        const tokenizer = tokenizerFromJson(json);
        const ids = tokenizer.encode(text);
        const stream = tokenizer.decodeStream();
        expect(tokenizer.decode(ids)).toBe(text);
        expect(Array.from(ids, (id) => stream.push(id)).join('') + stream.end()).toBe(text);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it.each([
    [{ version: 2 }, 'version must be 1, got 2'],
    [{ characters: 'ab' }, 'characters must be a list, got "ab"'],
    [{ characters: ['a', 5] }, 'characters[1] must be text, got 5'],
    [{ characters: ['a', 'bc'] }, 'characters[1] is not one character'],
    [{ characters: [''] }, 'characters[0] is not one character'],
    [{ characters: ['🐋', 'a', '🐋'] }, 'characters[2] repeats "🐋"'],
  ])('refuses JSON with %j', (wrong, reason) => {
    const json = { type: 'CharTokenizer', version: 1, characters: [], ...wrong };
    const read = () => tokenizerFromJson(json, { source: 'run.json' });
    expect(read).toThrow(`CharTokenizer.fromJSON: run.json: ${reason}.`);
  });
});
