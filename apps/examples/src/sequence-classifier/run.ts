// SPDX-License-Identifier: Apache-2.0
import { setSeed } from '@tapeloop/core';
import type { Optimizer } from '@tapeloop/optim';
import { makeAdam } from '../shared/adam-options.ts';
import type { TrainingConfig } from './config.ts';
import type { ClassifierData } from './data.ts';
import { TextClassifier } from './model.ts';

/** A training run: all that a step reads and changes. */
export interface Run {
  readonly config: TrainingConfig;
  readonly data: ClassifierData;
  readonly model: TextClassifier;
  readonly optimizer: Optimizer;
  /** Steps made. Which texts come next follows from it. */
  step: number;
}

/** Begins a run: the seed decides the first weights, every dropout mask and the order of the texts. */
export function startRun(config: TrainingConfig, data: ClassifierData): Run {
  setSeed(config.seed);
  const { vocabulary, labels } = data;
  const sizes = { characters: vocabulary.size, labels: labels.length };
  const model = new TextClassifier({ ...config, ...sizes });
  model.build([1, 1], 'int32');
  return { config, data, model, optimizer: makeAdam(model.parameters(), config), step: 0 };
}

/** Frees all tensors of a run. */
export function disposeRun({ model, optimizer }: Run): void {
  optimizer.dispose();
  model.dispose();
}
