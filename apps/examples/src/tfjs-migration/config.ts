// SPDX-License-Identifier: Apache-2.0
import { integer, type OptionValues, real, text } from '@tapeloop/train/node';

/** The options of the comparison. */
export const comparisonOptions = {
  data: text({
    default: '',
    placeholder: 'FILE',
    help: 'UTF-8 text to learn from; Moby-Dick when left out',
  }),
  steps: integer({ default: 40, min: 1, help: 'training steps of each contestant' }),
  batch: integer({ default: 32, min: 1, help: 'pieces of text in a step' }),
  window: integer({ default: 32, min: 1, help: 'characters of each piece' }),
  embedding: integer({ default: 64, min: 1, help: 'size of the vector of a character' }),
  hidden: integer({ default: 128, min: 1, help: 'units of the LSTM' }),
  learningRate: real({ default: 0.003, min: 0, above: true, help: 'rate of Adam' }),
  seed: integer({ default: 1, help: 'for first weights' }),
} as const;

/** The comparison's options. */
export type ComparisonConfig = OptionValues<typeof comparisonOptions>;
