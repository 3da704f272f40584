// SPDX-License-Identifier: Apache-2.0
import { type LanguageModelRun, startLanguageModel } from '@tapeloop/train';
import type { TrainingConfig } from './config.ts';
import type { TextData } from './text-data.ts';

/** A language model on its way, and what it was begun with. */
export interface ExampleRun<Config extends TrainingConfig = TrainingConfig>
  extends LanguageModelRun {
  readonly config: Config;
  readonly data: TextData;
}

/** Begins a run: the seed decides the first weights and every dropout mask. */
export function startRun<Config extends TrainingConfig>(
  config: Config,
  data: TextData,
): ExampleRun<Config> {
  const started = startLanguageModel(
    // Random streams fork from the name: another one would start char-lm from other weights.
    { ...config, name: 'char_model' },
    { vocabularySize: data.tokenizer.size, training: data.training },
  );
  return { ...started, config, data };
}
