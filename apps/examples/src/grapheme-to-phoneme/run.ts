// SPDX-License-Identifier: Apache-2.0
import { setSeed } from '@tapeloop/core';
import type { Schedule } from '@tapeloop/optim';
import { scheduledAdam, TrainingRun } from '@tapeloop/train';
import { type ExampleBatch, exampleBatches } from '../shared/example-batches.ts';
import type { TrainingConfig } from './config.ts';
import type { PronunciationData } from './data.ts';
import type { Entry } from './dictionary.ts';
import { pronunciationLoss } from './loss.ts';
import { PronunciationModel } from './model.ts';

/** A model on its way, and what it was begun with. */
export interface PronunciationRun {
  readonly config: TrainingConfig;
  readonly data: PronunciationData;
  readonly model: PronunciationModel;
  readonly run: TrainingRun<ExampleBatch<Entry>>;
  readonly learningRate: Schedule;
}

/** Begins a run: the seed decides the first weights and the order of the words. */
export function startRun(config: TrainingConfig, data: PronunciationData): PronunciationRun {
  setSeed(config.seed);
  const { embedding, hidden } = config;
  const sizes = { letters: data.letters.size, phonemes: data.phonemes.size, embedding, hidden };
  const model = new PronunciationModel(sizes);
  model.build([1, 1], 'int32');
  const { optimizer, learningRate } = scheduledAdam(model.parameters(), config);
  const run = new TrainingRun({
    ...{ model, optimizer },
    // The end of a word is predicted, too.
    data: exampleBatches(data.training, ({ pronunciations: [usual = []] }) => usual.length + 1),
    loss: pronunciationLoss(model, data),
  });
  return { config, data, model, run, learningRate };
}
