// SPDX-License-Identifier: Apache-2.0
import { ContiguousBatches } from '../contiguous-batches.ts';
import { parseOptions } from '../options.ts';
import { characters } from '../tokenizer.ts';
import { Vocabulary } from '../vocabulary.ts';
import type { RunFormat } from './checkpoint.ts';
import { configFromJson, type TrainingConfig } from './config.ts';
import { languageModelOptions } from './option-table.ts';
import type { TextData } from './text-data.ts';

export const tinyOptions = languageModelOptions({
  token: 'letter',
  corpus: 'nothing',
  steps: 12,
  batch: 3,
  window: 7,
  embedding: 8,
  hidden: 8,
  tied: false,
  learningRate: 0.016,
  validateEvery: 100,
  checkpoint: 'tiny.safetensors',
});

/** Options of a run that takes milliseconds. */
export const tinyConfig: TrainingConfig = { ...parseOptions(tinyOptions, []).values, warmup: 2 };

/** What the files of such runs are called. */
export const tinyFormat: RunFormat<TrainingConfig> = {
  name: 'tiny',
  tokenizer: characters,
  readConfig: (json) => configFromJson(tinyOptions, json),
};

/** Ten sorts of characters in an order that can be learnt. */
export const tinyText = Array.from(
  { length: 900 },
  (_, i) => 'abcdefghij'[(i + (i % 3)) % 10],
).join('');

/** A text for `tinyConfig`, whose last window in a pass is shorter than the others. */
export function tinyData(window: number = tinyConfig.window): TextData {
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
