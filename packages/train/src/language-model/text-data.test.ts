// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { CharTokenizer } from '../tokenizers/char-tokenizer.ts';
import {
  splitCorpus,
  splitText,
  tokenize,
  trainTokenizer,
  validationBatches,
} from './text-data.ts';

describe('splitText', () => {
  it('cuts 5 % off by position and loses nothing', () => {
    expect(splitText('0123456789'.repeat(2))).toEqual(['0123456789012345678', '9']);
  });

  it('does not cut a surrogate pair', () => {
    // The cut would be between the halves of the whale.
    expect(splitText(`${'a'.repeat(18)}🐋`)).toEqual([`${'a'.repeat(18)}🐋`, '']);
  });
});

describe('splitCorpus', () => {
  it('validates with what the corpus holds out', () => {
    expect(splitCorpus({ name: 'a', text: 'abc', heldOut: 'de' })).toEqual(['abc', 'de']);
    expect(splitCorpus({ name: 'a', text: 'a'.repeat(20) })).toEqual(['a'.repeat(19), 'a']);
  });
});

describe('tokenize', () => {
  it('learns from the training part alone, and bounds the part it validates with', () => {
    const corpus = { name: 'long', text: 'abcd'.repeat(50), heldOut: 'abcz'.repeat(20_000) };
    const tokenizer = trainTokenizer('char', corpus, 0);
    expect(tokenizer).toEqual(new CharTokenizer(['a', 'b', 'c', 'd']));
    const { training, validation } = tokenize(corpus, tokenizer);
    expect([training.length, validation.length]).toEqual([200, 65_536]);
    expect([...validation.subarray(0, 4)]).toEqual([1, 2, 3, 0]);
  });
});

describe('validationBatches', () => {
  it('has as many rows as fill a window, as far as the text is long enough', () => {
    const ids = new Int32Array(41);
    const rows = (batch: number, window: number) => validationBatches(ids, { batch, window }).batch;
    expect([rows(4, 5), rows(9, 5), rows(9, 50)]).toEqual([4, 8, 1]);
  });
});
