// SPDX-License-Identifier: Apache-2.0
import { CharTokenizer } from '@tapeloop/train';
import { optionsFromJson } from '@tapeloop/train/node';
import { checkpointOption, type LanguageExample } from '../shared/language-model/command.ts';
import { prepareData } from '../shared/language-model/text-data.ts';
import { mobyDick } from '../shared/moby-dick.ts';
import { readData } from '../shared/read-data.ts';
import { type CharConfig, defaultCheckpoint, trainingOptions } from './config.ts';

/** A character language model of Moby-Dick, or of a text of one's own. */
export const charLm: LanguageExample<CharConfig> = {
  name: 'char-lm',
  command: 'pnpm start',
  defaultCheckpoint,
  token: 'character',
  unit: 'bits',
  readConfig: (json) => optionsFromJson(trainingOptions, json),
  loadData: ({ data, batch, window }) =>
    prepareData(data === '' ? mobyDick() : readData(data), {
      batch,
      window,
      token: 'character',
      trainTokenizer: (text) => CharTokenizer.train(text),
    }),
  sample: { prompt: 'The whale ', length: 400, temperature: 0.7 },
  conclude: (config) => [
    `More text: pnpm sample --prompt "Call me "${checkpointOption(charLm, config)}`,
  ],
};
