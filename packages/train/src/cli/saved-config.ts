// SPDX-License-Identifier: Apache-2.0
import { CheckpointError, type SavedRun } from '../checkpoint/checkpoint.ts';
import { optionsFromJson } from '../terminal/options.ts';
import { reasonOf } from '../text/reason.ts';
import { tokenizerFromJson } from '../tokenizers/tokenizer-from-json.ts';
import { type LoopValues, loopOptions, type ModelValues, modelOptions } from './train-options.ts';

/** What the command keeps in a checkpoint beside the run: plain data. */
export interface SavedConfig {
  readonly model: ModelValues;
  readonly loop: LoopValues;
  /** The text that the run learns from. */
  readonly data: { readonly name: string; readonly fingerprint: string };
  /** In the form that `tokenizerFromJson` takes. */
  readonly tokenizer: object;
}

/** The config in the form that `encodeCheckpoint` takes. */
export function configToJson(config: SavedConfig): Readonly<Record<string, unknown>> {
  return { command: 'tapeloop', ...config };
}

/**
 * Reads `configToJson`'s result back out of a checkpoint.
 *
 * @throws CheckpointError when the run was not made by the command, or a part does not fit.
 */
export function configOf({ config }: SavedRun, source: string): SavedConfig {
  const fail = (reason: string) => new CheckpointError(`${source}: ${reason}.`);
  if (config['command'] !== 'tapeloop') throw fail('its run was not made by the tapeloop command');
  const data = record(config['data']);
  try {
    return {
      model: optionsFromJson(modelOptions, config['model']),
      loop: optionsFromJson(loopOptions, config['loop']),
      data: { name: String(data['name']), fingerprint: String(data['fingerprint']) },
      tokenizer: checkedTokenizer(config['tokenizer'], source),
    };
  } catch (error) {
    throw fail(reasonOf(error).replace(/\.$/, ''));
  }
}

function checkedTokenizer(json: unknown, source: string): object {
  tokenizerFromJson(json, { source });
  return record(json);
}

function record(json: unknown): Record<string, unknown> {
  return typeof json === 'object' && json !== null ? { ...json } : {};
}
