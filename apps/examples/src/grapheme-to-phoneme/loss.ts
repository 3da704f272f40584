// SPDX-License-Identifier: Apache-2.0
import { softmaxCrossEntropy } from '@tapeloop/core';
import { type LossFunction, padIds } from '@tapeloop/train';
import type { ExampleBatch } from '../shared/example-batches.ts';
import type { PronunciationData } from './data.ts';
import type { Entry } from './dictionary.ts';
import type { PronunciationModel } from './model.ts';
import { endId, startId } from './symbols.ts';

/**
 * Teacher forcing: at each place of a word's usual pronunciation the model is told what should have
 * been said so far, and scored on what comes next. The mean over phonemes and ends of words.
 */
export function pronunciationLoss(
  model: PronunciationModel,
  { letters, phonemes }: Pick<PronunciationData, 'letters' | 'phonemes'>,
): LossFunction<ExampleBatch<Entry>, undefined> {
  return ({ examples }, { training }) => {
    const { ids, mask } = padIds(examples.map(({ word }) => letters.encode(word)));
    const answers = examples.map(({ pronunciations: [usual = []] }) => phonemes.encode(usual));
    const said = padIds(answers.map((answer) => [startId, ...answer]));
    const next = padIds(answers.map((answer) => [...answer, endId]));
    const logits = model.call(ids, { mask, said: said.ids, training });
    return { loss: softmaxCrossEntropy(logits, next.ids, { mask: next.mask }) };
  };
}
