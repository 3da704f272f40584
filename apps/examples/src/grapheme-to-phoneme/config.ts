// SPDX-License-Identifier: Apache-2.0

import { integer, type OptionValues, text, UserError } from '@tapeloop/train/node';
import { adamOptions, checkWarmup } from '../shared/adam-options.ts';

/** The options of a run. */
export const trainingOptions = {
  data: text({
    default: '',
    placeholder: 'FILE',
    help: "dictionary in CMUdict's format; CMUdict itself when left out",
  }),
  batch: integer({ default: 128, min: 1, help: 'words in a step' }),
  embedding: integer({ default: 64, min: 1, help: 'size of the vector of a letter or phoneme' }),
  hidden: integer({ default: 192, min: 2, help: 'units of the decoder, an even number' }),
  ...adamOptions({ steps: 3000, learningRate: 0.005 }),
  seed: integer({ default: 1, help: 'for first weights and the order of words' }),
  validateEvery: integer({ default: 300, min: 1, help: 'steps between validations' }),
  words: text({
    default: 'whale,phoenix,typescript,tapeloop',
    placeholder: 'A,B,…',
    help: 'words to say at each validation; they are not trained on',
  }),
} as const;

/** A run's options. */
export type TrainingConfig = OptionValues<typeof trainingOptions>;

/** @throws UserError when options contradict each other. */
export function checkConfig(config: TrainingConfig): void {
  checkWarmup(config);
  const { hidden } = config;
  if (hidden % 2 === 0) return;
  throw new UserError(`--hidden must be an even number, got ${hidden}. Use ${hidden + 1}.`);
}
