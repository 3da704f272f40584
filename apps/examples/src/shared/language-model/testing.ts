// SPDX-License-Identifier: Apache-2.0
import { CharTokenizer, ContiguousBatches } from '@tapeloop/train';
import { optionsFromJson, parseOptions } from '@tapeloop/train/node';
import { usingRun } from '../run-testing.ts';
import type { RunFormat } from './checkpoint.ts';
import type { TrainingConfig } from './config.ts';
import { languageModelOptions } from './option-table.ts';
import { type ExampleRun, startRun } from './run.ts';
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
  readConfig: (json) => optionsFromJson(tinyOptions, json),
};

/** Ten sorts of characters in an order that can be learnt. */
export const tinyText = Array.from(
  { length: 900 },
  (_, i) => 'abcdefghij'[(i + (i % 3)) % 10],
).join('');

/** A text for `tinyConfig`, whose last window in a pass is shorter than the others. */
export function tinyData(): TextData {
  const tokenizer = CharTokenizer.train(tinyText);
  const ids = tokenizer.encode(tinyText);
  const { batch, window } = tinyConfig;
  return {
    name: 'tiny',
    fingerprint: 'none',
    tokenizer,
    training: new ContiguousBatches(ids.subarray(0, 800), { batch, window }),
    validation: new ContiguousBatches(ids.subarray(800), { batch: 2, window }),
  };
}

/** Runs `fn` on a new run and frees it. */
export function withRun<T>(
  changes: Partial<TrainingConfig>,
  fn: (started: ExampleRun) => Promise<T>,
): Promise<T> {
  return usingRun(startRun({ ...tinyConfig, ...changes }, tinyData()), fn);
}
