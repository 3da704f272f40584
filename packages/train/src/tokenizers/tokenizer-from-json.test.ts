// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { BpeTokenizer } from './bpe-tokenizer.ts';
import { CharTokenizer } from './char-tokenizer.ts';
import { TokenizerError } from './json-fields.ts';
import { decodeTokenizer, tokenizerFromJson } from './tokenizer-from-json.ts';
import { WordTokenizer } from './word-tokenizer.ts';

const text = 'the whale, the whale';

describe('tokenizerFromJson', () => {
  it.each([
    CharTokenizer.train(text, { minCount: 1 }),
    WordTokenizer.train(text),
    BpeTokenizer.train(text, { vocabularySize: 260 }),
  ])('makes a tokenizer of the same kind anew (%#)', (tokenizer) => {
    const again = tokenizerFromJson(JSON.parse(JSON.stringify(tokenizer)));
    expect(again.constructor).toBe(tokenizer.constructor);
    expect(again.size).toBe(tokenizer.size);
    expect(again.unknownId).toBe(tokenizer.unknownId);
    expect(again.encode(text)).toEqual(tokenizer.encode(text));
    expect(JSON.stringify(again)).toBe(JSON.stringify(tokenizer));
  });

  it.each([
    [null, 'it must be an object, got null'],
    [[], 'it must be an object, got a list of 0'],
    [{ type: 'Other' }, 'it must have a type, "CharTokenizer" or "WordTokenizer", or a model'],
  ])('refuses %j', (json, reason) => {
    const read = () => tokenizerFromJson(json, { source: 'run.json' });
    expect(read).toThrow(TokenizerError);
    expect(read).toThrow(`tokenizerFromJson: run.json: ${reason}`);
  });
});

describe('decodeTokenizer', () => {
  it.each([
    ['{"type":', 'decodeTokenizer: run.json: it is not JSON in UTF-8 ('],
    ['', 'decodeTokenizer: run.json: it is not JSON in UTF-8 ('],
    [Uint8Array.of(0x22, 0xff, 0x22), 'decodeTokenizer: run.json: it is not JSON in UTF-8 ('],
    ['5', 'tokenizerFromJson: run.json: it must be an object, got 5'],
  ])('refuses %j', (content, reason) => {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const read = () => decodeTokenizer(bytes, { source: 'run.json' });
    expect(read).toThrow(TokenizerError);
    expect(read).toThrow(reason);
  });
});
