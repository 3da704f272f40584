// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { ContiguousBatches } from '../contiguous-batches.ts';
import { words } from '../tokenizer.ts';
import { prepareData, splitText } from './text-data.ts';

/** Every target of one pass, row by row: the text without its first character. */
function targetsOf(batches: ContiguousBatches): number[] {
  const rows = Array.from({ length: batches.batch }, (): number[] => []);
  for (let step = 0; step < batches.windowsPerPass; step++) {
    batches.at(step).targets.forEach((id, i) => rows[i % batches.batch]?.push(id));
  }
  return rows.flat();
}

describe('splitText', () => {
  it('cuts by position and loses nothing', () => {
    expect(splitText('0123456789', 0.75)).toEqual(['0123456', '789']);
  });

  it('does not cut a surrogate pair', () => {
    expect(splitText('ab🐋c', 0.6)).toEqual(['ab🐋', 'c']);
  });
});

describe('prepareData', () => {
  const text = 'abcdefghij'.repeat(40);

  it('trains on the first 95 % and validates on the rest, in the order of the text', () => {
    const data = prepareData({ name: 'letters', text }, { batch: 4, window: 5 });
    const [training, validation] = [text.slice(1, 377), text.slice(381, 397)];
    expect(data.vocabulary.decode(targetsOf(data.training))).toBe(training);
    expect(data.vocabulary.decode(targetsOf(data.validation))).toBe(validation);
    expect([data.training.batch, data.validation.batch]).toEqual([4, 4]);
  });

  it('knows only the characters of the training part', () => {
    const late = `${text.slice(0, 380)}${'z'.repeat(20)}`;
    const data = prepareData({ name: 'letters', text: late }, { batch: 4, window: 5 });
    expect(data.vocabulary.tokens.join('')).toBe('abcdefghij');
    expect(new Set(targetsOf(data.validation))).toEqual(new Set([0]));
  });

  it('bounds the part it validates on', () => {
    const data = prepareData(
      { name: 'long', text: 'abcd'.repeat(400_000) },
      { batch: 1, window: 9 },
    );
    expect(data.validation.rowLength).toBe(65_535);
  });

  it('says in one line that a text is too short, and how long it must be', () => {
    const prepare = () => prepareData({ name: 'a.txt', text }, { batch: 10, window: 38 });
    expect(prepare).toThrow(
      /^--data: a\.txt must have about 402 [^\n]*--batch 10[^\n]*got 400\.[^\n]*$/,
    );
  });

  it('validates on the text that the corpus holds out, and knows only words of the other', () => {
    const corpus = { name: 'held', text: 'a b c '.repeat(30), heldOut: 'b c d b c' };
    const data = prepareData(corpus, { batch: 2, window: 4 }, { tokenizer: words });
    expect(data.vocabulary.tokens).toEqual(['a', 'b', 'c']);
    expect([data.training.rowLength, data.validation.rowLength]).toEqual([44, 4]);
    expect(targetsOf(data.validation)).toEqual([3, 0, 2, 3]);
  });
});
