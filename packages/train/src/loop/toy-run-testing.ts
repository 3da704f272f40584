// SPDX-License-Identifier: Apache-2.0
import { setSeed } from '@tapeloop/core';
import { adam, chain, clipByGlobalNorm, Optimizer, type OptimizerOptions } from '@tapeloop/optim';
import { ContiguousBatches, type TextWindow } from '../data/contiguous-batches.ts';
import { LanguageModel, type TextState } from '../language-model/language-model.ts';
import { languageModelLoss } from '../language-model/loss.ts';
import { TrainingRun } from './training-run.ts';

const tokens = 7;

/** Ids that can be learnt in part: a wave and what its square adds. */
export const toyIds = Int32Array.from({ length: 400 }, (_, i) => (i * i + 3 * i) % tokens);

/** A small language model with dropout, so that a run has random streams and carries a state. */
export function toyModel(): LanguageModel {
  const sizes = { embedding: 6, hidden: 8, layers: 1 };
  return new LanguageModel(tokens, { name: 'toy_model', ...sizes, outputKeep: 0.8 });
}

/** A run on `toyIds`: 9 windows of 6 steps a pass, the last one shorter. */
export function toyRun(
  options: OptimizerOptions & { readonly learningRate?: number } = {},
): TrainingRun<TextWindow, TextState> {
  setSeed(3);
  const batch = 8;
  const model = toyModel();
  model.build([6, batch], 'int32');
  const { learningRate = 0.02, ...rest } = options;
  const rule = chain(clipByGlobalNorm(1), adam({ learningRate }));
  return new TrainingRun({
    model,
    optimizer: new Optimizer(model.parameters(), rule, rest),
    data: new ContiguousBatches(toyIds, { batch, window: 6 }),
    loss: languageModelLoss(model),
    emptyCarried: () => model.rnn.cell.zeroState(batch),
  });
}
