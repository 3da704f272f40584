// SPDX-License-Identifier: Apache-2.0
import { init } from '@tapeloop/core';
import { CheckpointError } from '../checkpoint/checkpoint.ts';
import type { LanguageModel } from '../language-model/language-model.ts';
import { savedLanguageModel } from '../language-model/saved-model.ts';
import { reasonOf } from '../text/reason.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import { tokenizerFromJson } from '../tokenizers/tokenizer-from-json.ts';
import type { OpenCheckpoint } from './open-checkpoint.ts';
import { configOf, type SavedConfig } from './saved-config.ts';

/** A trained model and what it was made with. */
export interface OpenModel {
  readonly model: LanguageModel;
  readonly config: SavedConfig;
  readonly tokenizer: Tokenizer;
}

/** Starts Tapeloop and builds the model of a checkpoint. @throws CheckpointError when it does not fit. */
export async function openModel({ path, saved }: OpenCheckpoint): Promise<OpenModel> {
  const config = configOf(saved, path);
  await init({ wide: 'auto' });
  const tokenizer = tokenizerFromJson(config.tokenizer, { source: path });
  try {
    const model = savedLanguageModel(saved, tokenizer.size, config.model);
    return { model, config, tokenizer };
  } catch (error) {
    throw new CheckpointError(`${path}: ${reasonOf(error)}`);
  }
}
