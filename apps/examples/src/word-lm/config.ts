// SPDX-License-Identifier: Apache-2.0

import { choice, flag, integer, type OptionValues, real } from '@tapeloop/train/node';
import { languageModelOptions } from '../shared/language-model/option-table.ts';

/** Where a run is saved. */
export const defaultCheckpoint = 'runs/word-lm.safetensors';

/** The options of a training run. Those of the model and the optimizer are saved with it. */
export const trainingOptions = {
  preset: choice({
    default: 'variational',
    choices: ['none', 'zaremba', 'variational'],
    help: 'regularization; sets what is not written out',
  }),
  ...languageModelOptions({
    token: 'word',
    corpus: 'State of the Union addresses',
    steps: 5360,
    batch: 10,
    window: 25,
    embedding: 200,
    hidden: 200,
    tied: true,
    learningRate: 0.004,
    validateEvery: 500,
    checkpoint: defaultCheckpoint,
  }),
  vocabulary: integer({ default: 5000, min: 2, help: 'words that are known, at most' }),
  tokenKeep: real({
    default: 1,
    min: 0,
    max: 1,
    help: 'dropout: probability to keep a word, wherever it stands',
  }),
  embeddingKeep: real({
    default: 1,
    min: 0,
    max: 1,
    help: "dropout: probability to keep an element of a word's vector",
  }),
  maskPerExample: flag({
    default: false,
    help: 'with variational dropout, other masks for each row of the batch',
  }),
  weightDecay: real({
    default: 0,
    min: 0,
    help: 'share of a weight that a step with learning rate 1 takes away',
  }),
} as const;

/** A training run's options. */
export type WordConfig = OptionValues<typeof trainingOptions>;
