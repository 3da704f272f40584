// SPDX-License-Identifier: Apache-2.0
import { softmaxCrossEntropy, tidy } from '@tapeloop/core';
import { padIds } from '@tapeloop/train';
import type { LossReport } from '../shared/watch-training.ts';
import type { Entry } from './dictionary.ts';
import { type ErrorRates, errorRates } from './error-rates.ts';
import { pronounce } from './pronounce.ts';
import type { Run } from './run.ts';
import { endId, startId } from './symbols.ts';

/** Trains until the run has made `config.steps` steps, and reports each. */
export function* train(run: Run): Generator<LossReport> {
  while (run.step < run.config.steps) yield trainingStep(run);
}

/**
 * One step of teacher forcing: at each place of a word's usual pronunciation the model is told what
 * should have been said so far, and scored on what comes next. The loss is the mean over phonemes and
 * ends of words.
 */
export function trainingStep(run: Run): LossReport {
  const { model, optimizer, data } = run;
  const entries = data.training.at(run.step);
  const loss = tidy(() => {
    const words = padIds(entries.map(({ word }) => data.letters.encode(word)));
    const answers = entries.map(({ pronunciations: [usual = []] }) => data.phonemes.encode(usual));
    const said = padIds(answers.map((ids) => [startId, ...ids]));
    const next = padIds(answers.map((ids) => [...ids, endId]));
    const { value } = optimizer.minimize(() => {
      const context = { mask: words.mask, said: said.ids, training: true };
      const logits = model.call(words.ids, context);
      return softmaxCrossEntropy(logits, next.ids, { mask: next.mask });
    });
    return value.item();
  });
  run.step++;
  return { step: run.step, loss };
}

/** Error rates of what the model says for words, without being told. */
export function evaluate({ model, data }: Run, entries: readonly Entry[]): ErrorRates {
  const said = pronounce(
    model,
    data,
    entries.map(({ word }) => word),
  );
  return errorRates(
    entries.map(({ pronunciations }, i) => ({ said: said[i] ?? [], pronunciations })),
  );
}
