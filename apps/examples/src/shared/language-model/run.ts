// SPDX-License-Identifier: Apache-2.0
import { dispose, setSeed } from '@tapeloop/core';
import type { Optimizer } from '@tapeloop/optim';
import { makeAdam } from '../adam-options.ts';
import type { TrainingConfig } from './config.ts';
import { LanguageModel, type TextState } from './model.ts';
import type { TextData } from './text-data.ts';

/** A training run: all that a step reads and changes. */
export interface Run<Config extends TrainingConfig = TrainingConfig> {
  readonly config: Config;
  readonly data: TextData;
  readonly model: LanguageModel;
  readonly optimizer: Optimizer;
  /** The state after the last window; `undefined` at the start of the text. */
  state: TextState | undefined;
  /** Steps made. Which window comes next follows from it. */
  step: number;
}

/** Begins a run: the seed decides the first weights and every dropout mask. */
export function startRun<Config extends TrainingConfig>(
  config: Config,
  data: TextData,
): Run<Config> {
  setSeed(config.seed);
  const model = new LanguageModel(data.vocabulary.size, config);
  model.build([config.window, config.batch], 'int32');
  const optimizer = makeAdam(model.parameters(), config);
  return { config, data, model, optimizer, state: undefined, step: 0 };
}

/** Frees all tensors of a run. */
export function disposeRun(run: Run): void {
  dispose(run.state);
  run.optimizer.dispose();
  run.model.dispose();
}
