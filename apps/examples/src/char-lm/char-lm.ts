// SPDX-License-Identifier: Apache-2.0
import { mobyDick, readCorpus } from '../shared/corpus.ts';
import { checkpointOption, type LanguageExample } from '../shared/language-model/command.ts';
import { configFromJson } from '../shared/language-model/config.ts';
import { bitsPerCharacter } from '../shared/language-model/loss-measure.ts';
import { prepareData } from '../shared/language-model/text-data.ts';
import { characters } from '../shared/tokenizer.ts';
import { type CharConfig, defaultCheckpoint, trainingOptions } from './config.ts';

/** A character language model of Moby-Dick, or of a text of one's own. */
export const charLm: LanguageExample<CharConfig> = {
  name: 'char-lm',
  command: 'pnpm start',
  defaultCheckpoint,
  tokenizer: characters,
  measure: bitsPerCharacter,
  readConfig: (json) => configFromJson(trainingOptions, json),
  loadData: (config) =>
    prepareData(config.data === '' ? mobyDick() : readCorpus(config.data), config),
  sample: { prompt: 'The whale ', length: 400, temperature: 0.7 },
  conclude: (config) => [
    `More text: pnpm sample --prompt "Call me "${checkpointOption(charLm, config)}`,
  ],
};
