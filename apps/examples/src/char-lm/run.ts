// SPDX-License-Identifier: Apache-2.0
import { dispose, setSeed } from '@tapeloop/core';
import { adam, chain, clipByGlobalNorm, Optimizer, warmupCosine } from '@tapeloop/optim';
import type { TrainingConfig } from './config.ts';
import type { CharData } from './data.ts';
import { CharModel, type CharState } from './model.ts';

/** A training run: all that a step reads and changes. */
export interface Run {
  readonly config: TrainingConfig;
  readonly data: CharData;
  readonly model: CharModel;
  readonly optimizer: Optimizer;
  /** The state after the last window; `undefined` at the start of the text. */
  state: CharState | undefined;
  /** Steps made. Which window comes next follows from it. */
  step: number;
}

/** Begins a run: the seed decides the first weights and every dropout mask. */
export function startRun(config: TrainingConfig, data: CharData): Run {
  setSeed(config.seed);
  const model = new CharModel(data.vocabulary.size, config);
  model.build([config.window, config.batch], 'int32');
  const learningRate = warmupCosine({
    peak: config.learningRate,
    warmupSteps: config.warmup,
    totalSteps: config.steps,
  });
  const optimizer = new Optimizer(
    model.parameters(),
    chain(clipByGlobalNorm(config.clip), adam({ learningRate })),
  );
  return { config, data, model, optimizer, state: undefined, step: 0 };
}

/** Frees all tensors of a run. */
export function disposeRun(run: Run): void {
  dispose(run.state);
  run.optimizer.dispose();
  run.model.dispose();
}
