// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { parseOptions } from '../shared/options.ts';
import { charLm } from './char-lm.ts';
import { trainingOptions } from './config.ts';

it('takes Moby-Dick without a file: 77 characters and the unknown one', () => {
  const { name, vocabulary, training, validation } = charLm.loadData(
    parseOptions(trainingOptions, []).values,
  );
  expect(name).toBe('Moby-Dick');
  expect(vocabulary.size).toBe(78);
  expect([training.rowLength, validation.rowLength]).toEqual([36_011, 1_895]);
});
