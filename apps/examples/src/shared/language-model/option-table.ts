// SPDX-License-Identifier: Apache-2.0
import { flag, integer, real, text } from '@tapeloop/train/node';
import { adamOptions } from '../adam-options.ts';

/** What the options of two language models differ in. */
export interface OptionDefaults {
  /** What a token is called. */
  readonly token: string;
  /** What is learnt without `--data`. */
  readonly corpus: string;
  readonly steps: number;
  readonly batch: number;
  readonly window: number;
  readonly embedding: number;
  readonly hidden: number;
  /** Whether the output layer shares the table of the embedding. */
  readonly tied: boolean;
  readonly learningRate: number;
  readonly validateEvery: number;
  readonly checkpoint: string;
}

/** The options that every language model has, with its own defaults. */
export function languageModelOptions({ token, corpus, ...defaults }: OptionDefaults) {
  const { steps, ...adam } = adamOptions(defaults);
  return {
    data: text({
      default: '',
      placeholder: 'FILE',
      help: `UTF-8 text to learn from; ${corpus} when left out`,
    }),
    steps,
    batch: integer({ default: defaults.batch, min: 1, help: 'rows of text side by side' }),
    window: integer({ default: defaults.window, min: 1, help: `${token}s of each row in a step` }),
    embedding: integer({
      default: defaults.embedding,
      min: 1,
      help: `size of the vector of a ${token}`,
    }),
    hidden: integer({ default: defaults.hidden, min: 1, help: 'units of each LSTM layer' }),
    layers: integer({ default: 2, min: 1, max: 64, help: 'LSTM layers' }),
    tied: flag({
      default: defaults.tied,
      help: defaults.tied
        ? 'output layer does not share the table of the embedding'
        : 'output layer shares the table of the embedding (needs --embedding equal to --hidden)',
    }),
    inputKeep: real({ default: 1, min: 0, max: 1, help: 'dropout: probability to keep an input' }),
    stateKeep: real({ default: 1, min: 0, max: 1, help: 'dropout: probability to keep a state' }),
    outputKeep: real({
      default: 1,
      min: 0,
      max: 1,
      help: 'dropout: probability to keep an output',
    }),
    variational: flag({
      default: true,
      help: `new dropout masks at every ${token}, not every window`,
    }),
    ...adam,
    seed: integer({ default: 1, help: 'for first weights and dropout' }),
    validateEvery: integer({
      default: defaults.validateEvery,
      min: 1,
      help: 'steps between validations',
    }),
    checkpoint: text({
      default: defaults.checkpoint,
      placeholder: 'FILE',
      help: 'where the run is saved',
    }),
    resume: flag({ default: false, help: 'go on with the run that was saved; --steps may change' }),
  } as const;
}
