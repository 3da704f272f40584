// SPDX-License-Identifier: Apache-2.0
import { setSeed } from '@tapeloop/core';
import type { Schedule } from '@tapeloop/optim';
import { scheduledAdam, TrainingRun } from '@tapeloop/train';
import { type ExampleBatch, exampleBatches } from '../shared/example-batches.ts';
import { classifierLoss } from './classify.ts';
import type { TrainingConfig } from './config.ts';
import type { ClassifierData, Example } from './data.ts';
import { TextClassifier } from './model.ts';

/** A model on its way, and what it was begun with. */
export interface ClassifierRun {
  readonly config: TrainingConfig;
  readonly data: ClassifierData;
  readonly model: TextClassifier;
  readonly run: TrainingRun<ExampleBatch<Example>>;
  readonly learningRate: Schedule;
}

/** Begins a run: the seed decides the first weights, every dropout mask and the order of the texts. */
export function startRun(config: TrainingConfig, data: ClassifierData): ClassifierRun {
  setSeed(config.seed);
  const { tokenizer, labels } = data;
  const sizes = { characters: tokenizer.size, labels: labels.length };
  const model = new TextClassifier({ ...config, ...sizes });
  model.build([1, 1], 'int32');
  const { optimizer, learningRate } = scheduledAdam(model.parameters(), config);
  const run = new TrainingRun({
    ...{ model, optimizer },
    data: exampleBatches(data.training, () => 1),
    loss: classifierLoss(model),
  });
  return { config, data, model, run, learningRate };
}
