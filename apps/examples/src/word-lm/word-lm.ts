// SPDX-License-Identifier: Apache-2.0
import { perplexity } from '@tapeloop/train';
import { optionsFromJson } from '@tapeloop/train/node';
import type { LanguageExample } from '../shared/language-model/command.ts';
import { defaultCheckpoint, trainingOptions, type WordConfig } from './config.ts';
import { loadData } from './data.ts';
import { expectedPerplexity } from './presets.ts';

/** A word language model of the State of the Union addresses, or of a text of one's own. */
export const wordLm: LanguageExample<WordConfig> = {
  name: 'word-lm',
  command: 'pnpm word-lm',
  defaultCheckpoint,
  token: 'word',
  unit: 'perplexity',
  readConfig: (json) => optionsFromJson(trainingOptions, json),
  loadData,
  sample: { prompt: 'My fellow Americans, we', length: 100, temperature: 0.7 },
  conclude: ({ preset }, loss) => [
    `Reached perplexity ${perplexity(loss).toFixed(2)} on validation. With all other options at their ` +
      `defaults, --preset ${preset} should reach about ${expectedPerplexity[preset]}.`,
  ],
};
