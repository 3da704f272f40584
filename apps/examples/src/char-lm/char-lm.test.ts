// SPDX-License-Identifier: Apache-2.0

import { parseOptions } from '@tapeloop/train/node';
import { expect, it } from 'vitest';
import { charLm } from './char-lm.ts';
import { trainingOptions } from './config.ts';

it('takes Moby-Dick without a file: 77 characters and the unknown one', async () => {
  const { name, tokenizer, training, validation } = await charLm.loadData(
    parseOptions(trainingOptions, []).values,
  );
  expect(name).toBe('Moby-Dick');
  expect(tokenizer.size).toBe(78);
  expect([training.rowLength, validation.rowLength]).toEqual([36_011, 1_895]);
});
