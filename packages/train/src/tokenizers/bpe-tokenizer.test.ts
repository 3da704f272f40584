// SPDX-License-Identifier: Apache-2.0
import { ValueError } from '@tapeloop/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BpeTokenizer } from './bpe-tokenizer.ts';

const sample = 'low low low low low lower lower newest newest newest newest widest widest widest\n';
const specialTokens = ['<|endoftext|>', '<|end|>', '<|'];
const tokenizer = BpeTokenizer.train(sample.repeat(3), { vocabularySize: 300, specialTokens });
const [endOfText = -1, end = -1, bar = -1] = specialTokens.map((token) =>
  tokenizer.specialId(token),
);

describe('BpeTokenizer', () => {
  it('merges the most frequent pair first, the smaller ids among equals', () => {
    const { merges } = BpeTokenizer.train('ab ab ab cd cd cd ef ef', {
      vocabularySize: 259,
    }).toJSON().model;
    expect(merges).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['Ġ', 'cd'],
    ]);
  });

  it('merges neighbours in the order learnt, not the longest token first', () => {
    const { vocab } = tokenizer.toJSON().model;
    expect([...tokenizer.encode('lowest')]).toEqual([vocab['low'], vocab['est']]);
  });

  it('gives every well-formed string back', () => {
    const known = fc.constantFrom('low', ' newest', '<|end|>', '<|', ' ', '\n', "'s", '\ufeff');
    const any = fc
      .array(fc.oneof(fc.string({ unit: 'binary' }), known))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(any, (text) => {
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
      }),
      { seed: 3, numRuns: 1500 },
    );
  });

  it('decodes any ids as text, one by one as at once', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(tokenizer.size - 1)), (ids) => {
        const stream = tokenizer.decodeStream();
        const text = ids.map((id) => stream.push(id)).join('') + stream.end();
        expect(text).toBe(tokenizer.decode(ids));
      }),
      { seed: 4, numRuns: 1000 },
    );
  });

  it('writes a lone surrogate as U+FFFD, as UTF-8 does', () => {
    expect(tokenizer.decode(tokenizer.encode('a\ud800b\udc00'))).toBe('a\ufffdb\ufffd');
  });

  it('writes U+FFFD for cut characters and for numbers that are no id', () => {
    const [first = -1, second = -1] = tokenizer.encode('é');
    expect(tokenizer.decode([first])).toBe('\ufffd');
    expect(tokenizer.decode([second, first, second])).toBe('\ufffdé');
    expect(tokenizer.decode([tokenizer.size, -1, 0.5])).toBe('\ufffd\ufffd\ufffd');
  });

  it('holds back the bytes of a character until it is whole', () => {
    const stream = tokenizer.decodeStream();
    expect(Array.from(tokenizer.encode('a🐋'), (id) => stream.push(id))).toEqual([
      'a',
      '',
      '',
      '',
      '🐋',
    ]);
    expect(stream.end()).toBe('');
    stream.push(tokenizer.encode('🐋')[0] ?? -1);
    expect(stream.end()).toBe('\ufffd');
    expect(stream.push(tokenizer.encode('b')[0] ?? -1)).toBe('b');
  });

  it('encodes a word of 200,000 letters, in time that grows as n log n', () => {
    const word = 'lowestnewer'.repeat(20_000);
    expect(tokenizer.decode(tokenizer.encode(word))).toBe(word);
  });

  it('takes the longest special token wherever its text occurs', () => {
    expect([...tokenizer.encode('<|endoftext|><|end|><|<|end')].slice(0, 4)).toEqual([
      endOfText,
      end,
      bar,
      bar,
    ]);
  });

  it('makes no token of a special token’s text', () => {
    const { model } = BpeTokenizer.train('ab ab ab', {
      vocabularySize: 300,
      minFrequency: 1,
      specialTokens: ['ab'],
    }).toJSON();
    expect(model.vocab['ab']).toBe(0);
    expect(model.merges).toEqual([
      ['Ġ', 'a'],
      ['Ġa', 'b'],
    ]);
  });

  it('has the bytes alone of no text', () => {
    const bytes = BpeTokenizer.train('', { vocabularySize: 1000 });
    expect(bytes.size).toBe(256);
    expect(bytes.encode('é')).toHaveLength(2);
  });

  it('tells how many tokens there are after each new one', () => {
    const sizes: string[] = [];
    const onProgress = (size: number, wanted: number) => sizes.push(`${size}/${wanted}`);
    BpeTokenizer.train('abab abab', { vocabularySize: 258, onProgress });
    expect(sizes).toEqual(['257/258', '258/258']);
  });

  it.each([
    [{ vocabularySize: 255 }, 'vocabularySize must be a whole number of at least 256'],
    [{ vocabularySize: 256.5 }, 'got 256.5'],
    [{ vocabularySize: 256, specialTokens: ['<pad>'] }, 'at least 257'],
    [{ vocabularySize: 300, specialTokens: [''] }, 'got ""'],
    [{ vocabularySize: 300, specialTokens: ['<a>', '<a>'] }, 'got "<a>"'],
    [{ vocabularySize: 300, specialTokens: ['Ġ'] }, 'got "Ġ"'],
    [{ vocabularySize: 300, specialTokens: ['\ud800'] }, 'got "\\ud800"'],
  ])('refuses %j', (options, reason) => {
    const train = () => BpeTokenizer.train(sample, options);
    expect(train).toThrow(ValueError);
    expect(train).toThrow('BpeTokenizer.train: ');
    expect(train).toThrow(reason);
  });
});
