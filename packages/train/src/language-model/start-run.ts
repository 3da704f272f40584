// SPDX-License-Identifier: Apache-2.0
import { RandomStream, setSeed } from '@tapeloop/core';
import type { Schedule } from '@tapeloop/optim';
import type { BatchSource } from '../data/batch.ts';
import type { TextWindow } from '../data/contiguous-batches.ts';
import { type ScheduledAdamConfig, scheduledAdam } from '../loop/scheduled-adam.ts';
import { TrainingRun } from '../loop/training-run.ts';
import type { Communicator } from '../parallel/communicator.ts';
import { SingleProcess } from '../parallel/single-process.ts';
import { LanguageModel, type LanguageModelConfig, type TextState } from './language-model.ts';
import { languageModelLoss } from './loss.ts';

/** How a language model is trained. */
export interface LanguageModelTrainingConfig extends LanguageModelConfig, ScheduledAdamConfig {
  /** For first weights and dropout: the same seed gives the same run. Default 1. */
  readonly seed?: number;
}

/** A language model at the start of its training. */
export interface LanguageModelRun {
  readonly model: LanguageModel;
  readonly run: TrainingRun<TextWindow, TextState>;
  /** The learning rate at a step, counted from 0. */
  readonly learningRate: Schedule;
}

/** The data of a run, and the sizes of its windows. */
export interface LanguageModelData {
  /** Number of tokens. */
  readonly vocabularySize: number;
  readonly training: BatchSource<TextWindow> & { readonly batch: number; readonly window: number };
  /** The other processes that train it, each on a share of the text. Default: this one alone. */
  readonly communicator?: Communicator;
}

/**
 * Begins a run: the seed decides the first weights and every dropout mask. The optimizer is
 * `scheduledAdam`.
 */
export function startLanguageModel(
  config: LanguageModelTrainingConfig,
  { vocabularySize, training, communicator = new SingleProcess() }: LanguageModelData,
): LanguageModelRun {
  const { seed = 1 } = config;
  setSeed(seed);
  const model = new LanguageModel(vocabularySize, config);
  model.build([training.window, training.batch], 'int32');
  // The same first weights everywhere, but dropout of its own on every rank.
  if (communicator.rank > 0) setSeed(seedOfRank(seed, communicator.rank));
  const { optimizer, learningRate } = scheduledAdam(model.parameters(), config);
  const run = new TrainingRun({
    model,
    optimizer,
    data: training,
    loss: languageModelLoss(model),
    emptyCarried: () => model.rnn.cell.zeroState(training.batch),
    communicator,
  });
  return { model, run, learningRate };
}

/** A seed that differs from rank to rank. */
function seedOfRank(seed: number, rank: number): number {
  const [low, high] = new RandomStream(seed).fork(`rank ${rank}`).state().key;
  // A safe integer has 53 bits.
  return low + (high % 2 ** 21) * 2 ** 32;
}
