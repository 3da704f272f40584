// SPDX-License-Identifier: Apache-2.0
import type { LanguageExample } from '../shared/language-model/command.ts';
import { configFromJson } from '../shared/language-model/config.ts';
import { perplexity } from '../shared/language-model/loss-measure.ts';
import { words } from '../shared/tokenizer.ts';
import { defaultCheckpoint, trainingOptions, type WordConfig } from './config.ts';
import { loadData } from './data.ts';
import { expectedPerplexity } from './presets.ts';

/** A word language model of the State of the Union addresses, or of a text of one's own. */
export const wordLm: LanguageExample<WordConfig> = {
  name: 'word-lm',
  command: 'pnpm word-lm',
  defaultCheckpoint,
  tokenizer: words,
  measure: perplexity,
  readConfig: (json) => configFromJson(trainingOptions, json),
  loadData,
  sample: { prompt: 'My fellow Americans, we', length: 100, temperature: 0.7 },
  conclude: ({ preset }, loss) => [
    `Reached ${perplexity.describe(loss)} on validation. With all other options at their defaults, ` +
      `--preset ${preset} should reach about ${expectedPerplexity[preset]}.`,
  ],
};
