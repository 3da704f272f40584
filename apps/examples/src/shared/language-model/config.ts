// SPDX-License-Identifier: Apache-2.0
import type { LanguageModelConfig } from '@tapeloop/train';
import { optionName, UserError } from '@tapeloop/train/node';
import { type AdamConfig, checkWarmup } from '../adam-options.ts';

/** The options of a training run. Those of the model and the optimizer are saved with it. */
export interface TrainingConfig extends LanguageModelConfig, AdamConfig {
  /** A file; the example's own text when empty. */
  readonly data: string;
  /** Rows of text side by side. */
  readonly batch: number;
  /** Tokens of each row in a step. */
  readonly window: number;
  /** Share of a weight that a step with learning rate 1 would take away. Default 0. */
  readonly weightDecay?: number;
  /** For first weights and dropout. */
  readonly seed: number;
  /** Steps between validations. */
  readonly validateEvery: number;
  /** Where the run is saved. */
  readonly checkpoint: string;
  /** Go on with the run that was saved. */
  readonly resume: boolean;
}

/** What can be told anew when a run goes on; the text's content is compared on its own. */
const changeable: ReadonlySet<string> = new Set<keyof TrainingConfig>([
  'data',
  'steps',
  'validateEvery',
  'checkpoint',
  'resume',
]);

/** @throws UserError when options contradict each other. */
export function checkConfig(config: TrainingConfig): void {
  const { tied, embedding, hidden } = config;
  if (tied && embedding !== hidden) {
    throw new UserError(
      `--tied needs --embedding equal to --hidden, got ${embedding} and ${hidden}. ` +
        `Add --embedding ${hidden}.`,
    );
  }
  checkWarmup(config);
}

/**
 * The options with which a saved run goes on: those it was saved with, but for the few that may
 * change.
 *
 * @throws UserError when another one was written out and differs.
 */
export function resumedConfig<Config extends TrainingConfig>(
  saved: Config,
  asked: Config,
  given: ReadonlySet<keyof Config & string>,
): Config {
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
