// SPDX-License-Identifier: Apache-2.0
import { flag, integer, type OptionValues, optionName, real, text } from '../shared/options.ts';
import { UserError } from '../shared/user-error.ts';

/** Where a run is saved, and where `sample` looks for it. */
export const defaultCheckpoint = 'runs/char-lm.safetensors';

/**
 * The options of a training run. Those of the model and the optimizer are saved with it.
 *
 * With the defaults the last 5 % of Moby-Dick are predicted with 2.07 bits a character after the 3000
 * steps.
 */
export const trainingOptions = {
  data: text({
    default: '',
    placeholder: 'FILE',
    help: 'UTF-8 text to learn from; Moby-Dick when left out',
  }),
  steps: integer({ default: 3000, min: 1, help: 'training steps' }),
  batch: integer({ default: 32, min: 1, help: 'rows of text side by side' }),
  window: integer({ default: 64, min: 1, help: 'characters of each row in a step' }),
  embedding: integer({ default: 64, min: 1, help: 'size of the vector of a character' }),
  hidden: integer({ default: 128, min: 1, help: 'units of each LSTM layer' }),
  layers: integer({ default: 2, min: 1, max: 64, help: 'LSTM layers' }),
  tied: flag({
    default: false,
    help: 'output layer shares the table of the embedding (needs --embedding equal to --hidden)',
  }),
  inputKeep: real({ default: 1, min: 0, max: 1, help: 'dropout: probability to keep an input' }),
  stateKeep: real({ default: 1, min: 0, max: 1, help: 'dropout: probability to keep a state' }),
  outputKeep: real({ default: 1, min: 0, max: 1, help: 'dropout: probability to keep an output' }),
  variational: flag({
    default: true,
    help: 'new dropout masks at every character, not every window',
  }),
  learningRate: real({ default: 0.016, min: 0, above: true, help: 'highest rate of Adam' }),
  warmup: integer({ default: 20, min: 0, help: 'steps until the learning rate is reached' }),
  clip: real({ default: 1, min: 0, above: true, help: 'longest gradient, over all parameters' }),
  seed: integer({ default: 1, help: 'for first weights and dropout' }),
  validateEvery: integer({ default: 100, min: 1, help: 'steps between validations' }),
  checkpoint: text({
    default: defaultCheckpoint,
    placeholder: 'FILE',
    help: 'where the run is saved',
  }),
  resume: flag({ default: false, help: 'go on with the run that was saved; --steps may change' }),
} as const;

/** A training run's options. */
export type TrainingConfig = OptionValues<typeof trainingOptions>;

/** What can be told anew when a run goes on; the text's content is compared on its own. */
const changeable: ReadonlySet<keyof TrainingConfig> = new Set([
  'data',
  'steps',
  'validateEvery',
  'checkpoint',
  'resume',
]);

/** @throws UserError when options contradict each other. */
export function checkConfig({ tied, embedding, hidden, warmup, steps }: TrainingConfig): void {
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

/**
 * The options with which a saved run goes on: those it was saved with, but for the few that may
 * change.
 *
 * @throws UserError when another one was written out and differs.
 */
export function resumedConfig(
  saved: TrainingConfig,
  asked: TrainingConfig,
  given: ReadonlySet<keyof TrainingConfig>,
): TrainingConfig {
  for (const key of given) {
    if (changeable.has(key) || asked[key] === saved[key]) continue;
    throw new UserError(
      `--${optionName(key)} cannot change when a run goes on: it began with ${saved[key]}, ` +
        `got ${asked[key]}. Leave it out, or start anew without --resume.`,
    );
  }
  return {
    ...saved,
    data: given.has('data') ? asked.data : saved.data,
    steps: given.has('steps') ? asked.steps : saved.steps,
    validateEvery: given.has('validateEvery') ? asked.validateEvery : saved.validateEvery,
    checkpoint: asked.checkpoint,
    resume: true,
  };
}

/** The options as they were written to a file. @throws UserError when one is missing or wrong. */
export function configFromJson(json: unknown): TrainingConfig {
  if (typeof json !== 'object' || json === null) throw new UserError('the options are missing');
  const read = new Map(Object.entries(json));
  const entries = Object.entries(trainingOptions).map(([key, option]) => {
    if (!read.has(key)) throw new UserError(`--${optionName(key)} is missing`);
    return [key, option.parse(optionName(key), String(read.get(key)))];
  });
  // One entry for each option, of the type that its `parse` gives.
  return Object.fromEntries(entries) as TrainingConfig;
}
