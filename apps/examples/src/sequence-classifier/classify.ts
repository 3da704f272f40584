// SPDX-License-Identifier: Apache-2.0
import { argMax, softmaxCrossEntropy, tensor, tidy } from '@tapeloop/core';
import { chunks, type LossFunction, padIds } from '@tapeloop/train';
import type { ExampleBatch } from '../shared/example-batches.ts';
import { ConfusionTable } from './confusion-table.ts';
import type { ClassifierData, Example } from './data.ts';
import type { TextClassifier } from './model.ts';

/** Texts that are classified at once. */
const evaluationBatch = 256;

/** Scores every label for a batch of texts and compares with the right ones. */
export function classifierLoss(
  model: TextClassifier,
): LossFunction<ExampleBatch<Example>, undefined> {
  return ({ examples }, { training }) => {
    const { ids, lengths } = padIds(examples.map((example) => example.ids));
    const labels = tensor(Int32Array.from(examples, ({ label }) => label));
    return { loss: softmaxCrossEntropy(model.call(ids, { lengths, training }), labels) };
  };
}

/** The likeliest label of each text. */
export function classify(model: TextClassifier, texts: readonly Example['ids'][]): number[] {
  return chunks(texts, evaluationBatch).flatMap((some) =>
    tidy(() => {
      const { ids, lengths } = padIds(some);
      return [...argMax(model.call(ids, { lengths })).data()];
    }),
  );
}

/** How the model classifies the texts that were held out. */
export function evaluate(
  model: TextClassifier,
  { labels, heldOut }: Pick<ClassifierData, 'labels' | 'heldOut'>,
): ConfusionTable {
  const texts = heldOut.map(({ ids }) => ids);
  const guesses = classify(model, texts);
  const table = new ConfusionTable(labels);
  heldOut.forEach(({ label }, i) => {
    table.add(label, guesses[i] ?? 0);
  });
  return table;
}
