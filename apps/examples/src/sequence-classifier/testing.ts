// SPDX-License-Identifier: Apache-2.0
import { parseOptions } from '@tapeloop/train/node';
import { type TrainingConfig, trainingOptions } from './config.ts';
import { type ClassifierData, type LabelledText, prepareData, splitLines } from './data.ts';

/** Options of a run that takes milliseconds. */
export const tinyConfig: TrainingConfig = {
  ...parseOptions(trainingOptions, []).values,
  steps: 12,
  warmup: 2,
  batch: 8,
  embedding: 6,
  hidden: 8,
};

/** Texts of 5 to 17 letters, labelled by whether `x` stands before `y` or behind it. */
export const tinyTexts: readonly LabelledText[] = Array.from({ length: 245 }, (_, i) => {
  const [label, first, second] =
    Math.floor(i / 2) % 2 === 0 ? ['rising', 'x', 'y'] : ['falling', 'y', 'x'];
  const filler = (length: number) => 'abaababb'.slice(0, 1 + length);
  return { label, text: filler(i % 3) + first + filler(i % 5) + second + filler(i % 7) };
});

/** The lines of a file of labelled texts. */
export const tinyFile = tinyTexts.map(({ label, text }) => `${label}\t${text}`).join('\n');

export function tinyData(config: TrainingConfig = tinyConfig): ClassifierData {
  return prepareData(splitLines('tiny.tsv', tinyFile), config);
}
