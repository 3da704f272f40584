// SPDX-License-Identifier: Apache-2.0
import { setSeed } from '@tapeloop/core';
import type { Optimizer } from '@tapeloop/optim';
import { makeAdam } from '../shared/adam-options.ts';
import type { TrainingConfig } from './config.ts';
import type { PronunciationData } from './data.ts';
import { PronunciationModel } from './model.ts';

/** A training run: all that a step reads and changes. */
export interface Run {
  readonly config: TrainingConfig;
  readonly data: PronunciationData;
  readonly model: PronunciationModel;
  readonly optimizer: Optimizer;
  /** Steps made. Which words come next follows from it. */
  step: number;
}

/** Begins a run: the seed decides the first weights and the order of the words. */
export function startRun(config: TrainingConfig, data: PronunciationData): Run {
  setSeed(config.seed);
  const { embedding, hidden } = config;
  const sizes = { letters: data.letters.size, phonemes: data.phonemes.size, embedding, hidden };
  const model = new PronunciationModel(sizes);
  model.build([1, 1], 'int32');
  return { config, data, model, optimizer: makeAdam(model.parameters(), config), step: 0 };
}

/** Frees all tensors of a run. */
export function disposeRun({ model, optimizer }: Run): void {
  optimizer.dispose();
  model.dispose();
}
