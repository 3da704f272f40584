// SPDX-License-Identifier: Apache-2.0

import { integer, type OptionValues, real, text } from '@tapeloop/train/node';
import { adamOptions } from '../shared/adam-options.ts';

/** The options of a run. */
export const trainingOptions = {
  data: text({
    default: '',
    placeholder: 'FILE',
    help: 'lines of a label, a tab and a text; a text in 16 languages when left out',
  }),
  snippet: integer({ default: 5, min: 1, help: 'words in a snippet of the text in 16 languages' }),
  batch: integer({ default: 64, min: 1, help: 'texts in a step' }),
  embedding: integer({ default: 32, min: 1, help: 'size of the vector of a character' }),
  hidden: integer({ default: 64, min: 1, help: 'units of the GRU, in each direction' }),
  dropout: real({ default: 0.3, min: 0, max: 1, help: 'share dropped in training' }),
  ...adamOptions({ steps: 1200, learningRate: 0.01 }),
  seed: integer({ default: 1, help: 'for first weights, dropout and the order of texts' }),
  validateEvery: integer({ default: 200, min: 1, help: 'steps between validations' }),
  text: text({ default: '', placeholder: 'TEXT', help: 'a text to classify at the end' }),
} as const;

/** A run's options. */
export type TrainingConfig = OptionValues<typeof trainingOptions>;
