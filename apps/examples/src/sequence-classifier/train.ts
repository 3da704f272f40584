// SPDX-License-Identifier: Apache-2.0
import { argMax, softmaxCrossEntropy, tensor, tidy } from '@tapeloop/core';
import { chunks, padIds } from '@tapeloop/train';
import type { LossReport } from '../shared/watch-training.ts';
import { ConfusionTable } from './confusion-table.ts';
import type { Example } from './data.ts';
import type { TextClassifier } from './model.ts';
import type { Run } from './run.ts';

/** Texts that are classified at once. */
const evaluationBatch = 256;

/** Trains until the run has made `config.steps` steps, and reports each. */
export function* train(run: Run): Generator<LossReport> {
  while (run.step < run.config.steps) yield trainingStep(run);
}

/** One step: scores every label for a batch of texts and compares with the right ones. */
export function trainingStep(run: Run): LossReport {
  const { model, optimizer, data } = run;
  const examples = data.training.at(run.step);
  const loss = tidy(() => {
    const { ids, lengths } = padIds(examples.map((example) => example.ids));
    const labels = tensor(Int32Array.from(examples, ({ label }) => label));
    const { value } = optimizer.minimize(() =>
      softmaxCrossEntropy(model.call(ids, { lengths, training: true }), labels),
    );
    return value.item();
  });
  run.step++;
  return { step: run.step, loss };
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
export function evaluate({ model, data }: Run): ConfusionTable {
  const guesses = classify(
    model,
    data.heldOut.map(({ ids }) => ids),
  );
  const table = new ConfusionTable(data.labels);
  data.heldOut.forEach(({ label }, i) => {
    table.add(label, guesses[i] ?? 0);
  });
  return table;
}
