// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { beforeAll, describe, expect, it } from 'vitest';
import { mobyDick } from '../text/moby-dick-testing.ts';
import { BpeTokenizer } from './bpe-tokenizer.ts';
import { decodeTokenizer } from './tokenizer-from-json.ts';

/** What `conformance/huggingface/bpe.py` keeps of the Python library `tokenizers`. */
interface Golden {
  readonly small: readonly {
    readonly text: string;
    readonly vocabularySize: number;
    readonly minFrequency: number;
    readonly specialTokens: readonly string[];
    readonly merges: readonly string[];
  }[];
  readonly book: {
    readonly textSha256: string;
    readonly specialTokens: readonly string[];
    readonly merges: readonly string[];
    readonly idCount: number;
    readonly idSha256: string;
    readonly encoded: readonly { readonly text: string; readonly ids: readonly number[] }[];
    readonly decoded: readonly { readonly text: string; readonly ids: readonly number[] }[];
  };
}

const file = new URL('../../../../conformance/huggingface/bpe.json', import.meta.url);
const golden: Golden = JSON.parse(readFileSync(file, 'utf8'));

function mergesOf(tokenizer: BpeTokenizer): string[] {
  return tokenizer.toJSON().model.merges.map((merge) => merge.join(' '));
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

describe('BpeTokenizer.train', () => {
  it.each(golden.small.map((each, i) => ({ ...each, i })))(
    'learns the merges of BpeTrainer in text $i of few letters, ties and runs',
    ({ text, merges, ...options }) => {
      expect(mergesOf(BpeTokenizer.train(text, options))).toEqual(merges);
    },
  );
});

describe('a BpeTokenizer trained on Moby-Dick', () => {
  const { book } = golden;
  const text = mobyDick();
  let tokenizer: BpeTokenizer;
  let theirs: HuggingFaceTokenizer;
  let seconds = 0;
  beforeAll(() => {
    const start = performance.now();
    tokenizer = BpeTokenizer.train(text, {
      vocabularySize: 4096,
      specialTokens: book.specialTokens,
    });
    seconds = (performance.now() - start) / 1000;
    theirs = new HuggingFaceTokenizer(JSON.parse(JSON.stringify(tokenizer)), {});
  });

  it('has 4096 tokens in at most 5 seconds', () => {
    expect(tokenizer.size).toBe(4096);
    expect(seconds).toBeLessThan(5);
  });

  it('has the merges that BpeTrainer learns of the same text', () => {
    expect(sha256(text)).toBe(book.textSha256);
    expect(mergesOf(tokenizer)).toEqual(book.merges);
  });

  it('gives the whole book the ids of tokenizers in Python and of @huggingface/tokenizers', () => {
    const ids = tokenizer.encode(text);
    expect(ids.length).toBe(book.idCount);
    expect(sha256(new Uint8Array(ids.buffer))).toBe(book.idSha256);
    expect(tokenizer.decode(ids)).toBe(text);
    expect(sha256(new Uint8Array(Int32Array.from(theirs.encode(text).ids).buffer))).toBe(
      book.idSha256,
    );
  });

  it.each(book.encoded)('gives $text the ids of tokenizers in Python', ({ text: each, ids }) => {
    expect([...tokenizer.encode(each)]).toEqual(ids);
    expect(tokenizer.decode(ids)).toBe(each);
  });

  it.each(book.encoded.filter(({ text: each }) => !/[\ufeff\u0085]/.test(each)))(
    'gives $text the ids of @huggingface/tokenizers',
    ({ text: each, ids }) => {
      expect(theirs.encode(each).ids).toEqual(ids);
    },
  );

  it.each(book.decoded)('decodes $ids as tokenizers in Python does', ({ ids, text: each }) => {
    expect(tokenizer.decode(ids)).toBe(each);
    const stream = tokenizer.decodeStream();
    expect(ids.map((id) => stream.push(id)).join('') + stream.end()).toBe(each);
  });

  it('comes back from tokenizer.json with all ids', () => {
    const bytes = new TextEncoder().encode(JSON.stringify(tokenizer));
    const again = decodeTokenizer(bytes);
    expect(again.encode(text)).toEqual(tokenizer.encode(text));
    expect(JSON.stringify(again)).toBe(JSON.stringify(tokenizer));
  });
});
