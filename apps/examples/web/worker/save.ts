// SPDX-License-Identifier: Apache-2.0
import { tidy } from '@tapeloop/core';
import { type Corpus, decodeCheckpoint, encodeCheckpoint, withRunState } from '@tapeloop/train';
import type { LossHistory, Save, Validation } from '../protocol.ts';
import { settingsFromJson } from '../settings.ts';
import { checkText } from '../text.ts';
import { Trainer } from './trainer.ts';

/** Which program wrote a checkpoint. */
const program = 'page';

/** The run with its text, so that the file alone is enough to go on. */
export function saveTrainer({ corpus, settings, data, history, run, step }: Trainer): Save {
  return tidy(() => {
    const config = { program, settings, corpus, tokenizer: data.tokenizer, history };
    return { step, bytes: encodeCheckpoint(run.state(), config) };
  });
}

/** Goes on with a saved run. @throws Error saying in one line what is wrong with the file. */
export function loadTrainer(name: string, bytes: Uint8Array): Trainer {
  const saved = decodeCheckpoint(bytes, { source: name });
  const { config } = saved;
  if (config['program'] !== program) throw new TypeError('another program wrote it');
  const settings = settingsFromJson(config['settings']);
  const corpus = checkText(corpusFromJson(config['corpus']));
  const trainer = new Trainer(corpus, settings, historyFromJson(config['history']));
  try {
    if (JSON.stringify(trainer.data.tokenizer) !== JSON.stringify(config['tokenizer'])) {
      throw new TypeError('its text has other characters than its model');
    }
    withRunState(saved, (state) => trainer.run.restore(state));
    return trainer;
  } catch (error) {
    trainer.dispose();
    throw error;
  }
}

function corpusFromJson(json: unknown): Corpus {
  const { name, text } = fieldsOf(json);
  if (typeof name === 'string' && typeof text === 'string') return { name, text };
  throw new TypeError('its text is missing');
}

function historyFromJson(json: unknown): LossHistory {
  const { losses, validations } = fieldsOf(json);
  if (isArrayOf(losses, isNumber) && isArrayOf(validations, isValidation)) {
    return { losses, validations };
  }
  throw new TypeError('its losses are missing');
}

function isValidation(json: unknown): json is Validation {
  const { step, loss } = fieldsOf(json);
  return isNumber(step) && isNumber(loss);
}

function isNumber(json: unknown): json is number {
  return typeof json === 'number';
}

function isArrayOf<T>(json: unknown, isEntry: (entry: unknown) => entry is T): json is T[] {
  return Array.isArray(json) && json.every(isEntry);
}

function fieldsOf(json: unknown): Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null ? Object.fromEntries(Object.entries(json)) : {};
}
