// SPDX-License-Identifier: Apache-2.0
import { ContiguousBatches } from '../shared/contiguous-batches.ts';
import { parseOptions } from '../shared/options.ts';
import { Vocabulary } from '../shared/vocabulary.ts';
import { type TrainingConfig, trainingOptions } from './config.ts';
import type { CharData } from './data.ts';

/** Options of a run that takes milliseconds. */
export const tinyConfig: TrainingConfig = {
  ...parseOptions(trainingOptions, []).values,
  steps: 12,
  warmup: 2,
  batch: 3,
  window: 7,
  embedding: 8,
  hidden: 8,
};

/** Ten sorts of characters in an order that can be learnt. */
export const tinyText = Array.from(
  { length: 900 },
  (_, i) => 'abcdefghij'[(i + (i % 3)) % 10],
).join('');

/** A text for `tinyConfig`, whose last window in a pass is shorter than the others. */
export function tinyData(window: number = tinyConfig.window): CharData {
  const vocabulary = Vocabulary.of(tinyText);
  const ids = vocabulary.encode(tinyText);
  const { batch } = tinyConfig;
  return {
    name: 'tiny',
    fingerprint: 'none',
    vocabulary,
    training: new ContiguousBatches(ids.subarray(0, 800), { batch, window }),
    validation: new ContiguousBatches(ids.subarray(800), { batch: 2, window }),
  };
}
