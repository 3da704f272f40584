// SPDX-License-Identifier: Apache-2.0
import { cellKinds } from '../language-model/language-model.ts';
import { tokenizerKinds } from '../language-model/text-data.ts';
import { choice, flag, integer, type OptionValues, real, text } from '../terminal/options.ts';
import { UserError } from '../terminal/user-error.ts';

/** What a run is begun with, and keeps for good. */
export const modelOptions = {
  tokenizer: choice({
    choices: tokenizerKinds,
    default: 'char',
    help: 'what a token is (bpe: pieces of words that byte-level BPE finds)',
  }),
  vocabulary: integer({ default: 8192, min: 257, help: 'most tokens of word and bpe' }),
  cell: choice({ choices: cellKinds, default: 'lstm', help: 'kind of recurrent layer' }),
  embedding: integer({ default: 64, min: 1, help: 'size of the vector of a token' }),
  hidden: integer({ default: 128, min: 1, help: 'units of each recurrent layer' }),
  layers: integer({ default: 2, min: 1, max: 64, help: 'recurrent layers' }),
  tied: flag({
    default: false,
    help: 'output layer shares the table of the embedding (needs --embedding equal to --hidden)',
  }),
  tokenKeep: real({ default: 1, min: 0, max: 1, help: 'dropout: probability to keep a token' }),
  inputKeep: real({ default: 1, min: 0, max: 1, help: 'dropout: probability to keep an input' }),
  stateKeep: real({ default: 1, min: 0, max: 1, help: 'dropout: probability to keep a state' }),
  outputKeep: real({ default: 1, min: 0, max: 1, help: 'dropout: probability to keep an output' }),
  variational: flag({
    default: true,
    help: 'new dropout masks at every token, not every window',
  }),
  batch: integer({ default: 32, min: 1, help: 'rows of text side by side, in each process' }),
  window: integer({ default: 64, min: 1, help: 'tokens of each row in a step' }),
  learningRate: real({ default: 0.016, min: 0, above: true, help: 'highest rate of Adam' }),
  warmup: integer({ default: 20, min: 0, help: 'steps until the learning rate is reached' }),
  clip: real({ default: 1, min: 0, above: true, help: 'longest gradient, over all parameters' }),
  weightDecay: real({ default: 0, min: 0, help: 'decoupled weight decay (AdamW)' }),
  seed: integer({ default: 1, help: 'for first weights and dropout' }),
} as const;

/** What may be told anew when a run goes on. */
export const loopOptions = {
  data: text({ default: '', placeholder: 'FILE', help: 'UTF-8 text to learn from' }),
  steps: integer({ default: 3000, min: 1, help: 'training steps in all' }),
  validateEvery: integer({ default: 100, min: 1, help: 'steps between validations' }),
  patience: integer({
    default: 0,
    min: 0,
    help: 'end after so many validations without a better one; 0: never',
  }),
  maxMinutes: real({ default: 0, min: 0, help: 'end after so many minutes; 0: never' }),
  keepLast: integer({ default: 2, min: 1, help: 'checkpoints to keep: the latest' }),
  keepBest: integer({ default: 1, min: 0, help: 'checkpoints to keep besides: the best' }),
  log: text({
    default: '',
    placeholder: 'FILE',
    help: 'every event, appended to a file: .csv, or JSON lines by any other name',
  }),
  tensorboard: text({
    default: '',
    placeholder: 'FOLDER',
    help: 'curves for TensorBoard, as an event file in a folder',
  }),
} as const;

/** Where the work is done. */
export const processOptions = {
  workers: integer({ default: 1, min: 1, max: 256, help: 'threads that train side by side' }),
  mpi: flag({ default: false, help: 'train with the other processes of mpiexec' }),
} as const;

/** Where the run is kept. */
export const checkpointOption = {
  checkpoint: text({
    default: 'runs/text',
    placeholder: 'FOLDER',
    help: 'where the run is saved',
  }),
} as const;

/** All options of `tapeloop train`. */
export const trainOptions = {
  ...loopOptions,
  ...checkpointOption,
  ...modelOptions,
  ...processOptions,
} as const;

/** Values of `modelOptions`. */
export type ModelValues = OptionValues<typeof modelOptions>;

/** Values of `loopOptions`. */
export type LoopValues = OptionValues<typeof loopOptions>;

/** @throws UserError when options contradict each other. */
export function checkOptions(
  { tied, embedding, hidden, warmup }: ModelValues,
  { steps }: LoopValues,
): void {
  if (tied && embedding !== hidden) {
    throw new UserError(
      `--tied needs --embedding equal to --hidden, got ${embedding} and ${hidden}. ` +
        `Add --embedding ${hidden}.`,
    );
  }
  if (warmup >= steps) {
    throw new UserError(
      `--warmup must be less than --steps, got ${warmup} and ${steps}. Add --warmup ` +
        `${Math.floor(steps / 10)}.`,
    );
  }
}
