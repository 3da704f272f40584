// SPDX-License-Identifier: Apache-2.0
import { CharTokenizer } from '@tapeloop/train';
import { expect, it } from 'vitest';
import { prepareData } from './text-data.ts';

const corpus = { name: 'a.txt', text: 'abcdefghij'.repeat(40) };
const trainTokenizer = (text: string) => CharTokenizer.train(text);
const options = { token: 'letter', trainTokenizer };

it('trains on the first 95 %, whose characters alone it knows, and validates on the rest', async () => {
  const late = { ...corpus, text: `${corpus.text.slice(0, 380)}${'z'.repeat(20)}` };
  const { tokenizer, training, validation } = await prepareData(late, {
    ...options,
    ...{ batch: 4, window: 5 },
  });
  expect(tokenizer.decode(training.at(0).inputs.subarray(0, 2))).toBe('ae');
  expect([training.rowLength, validation.rowLength]).toEqual([94, 4]);
  expect(new Set(validation.at(0).targets)).toEqual(new Set([tokenizer.unknownId]));
});

it('says in one line that a text is too short, and how long it must be', async () => {
  await expect(prepareData(corpus, { ...options, batch: 10, window: 38 })).rejects.toThrow(
    /^--data: a\.txt must have about 402 letters [^\n]*--batch 10[^\n]*got 400\.[^\n]*$/,
  );
});
