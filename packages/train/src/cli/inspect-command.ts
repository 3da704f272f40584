// SPDX-License-Identifier: Apache-2.0
import type { SafetensorsEntry } from '@tapeloop/core';
import type { SavedRun } from '../checkpoint/checkpoint.ts';
import { optionName, parseOptions } from '../terminal/options.ts';
import { count } from '../terminal/terminal.ts';
import { tokenizerFromJson } from '../tokenizers/tokenizer-from-json.ts';
import { showHelp } from './help.ts';
import { openCheckpoint } from './open-checkpoint.ts';
import { configOf } from './saved-config.ts';
import { checkpointOption } from './train-options.ts';

/** `tapeloop inspect`: what a checkpoint holds. Returns the exit code. */
export async function inspectCommand(args: readonly string[]): Promise<number> {
  const { values, help } = parseOptions(checkpointOption, args);
  if (help) {
    const purpose = 'Tells what a checkpoint holds: of a folder, the latest.';
    return showHelp('inspect --checkpoint FOLDER', purpose, checkpointOption);
  }
  const options = { prefer: 'latest', warn: console.error } as const;
  const { path, saved } = openCheckpoint(values.checkpoint, options);
  console.log(path);
  for (const line of [...describeRun(saved, path), ...describeTensors(saved)]) console.log(line);
  return 0;
}

function describeRun(saved: SavedRun, path: string): string[] {
  const { model, loop, data, tokenizer } = configOf(saved, path);
  const { size } = tokenizerFromJson(tokenizer, { source: path });
  const { step, bestLoss, sinceBest } = saved.counters;
  const best = bestLoss === null ? 'none yet' : `${bestLoss} nats, ${sinceBest} validations ago`;
  const options = Object.entries({ ...loop, ...model }).filter(([, value]) => value !== '');
  return [
    `step ${step} of ${loop.steps}; best validation: ${best}`,
    `text ${data.name} (SHA-256 ${data.fingerprint}), ${count(size)} different tokens`,
    '',
    ...options.map(([key, value]) => `  ${optionName(key).padEnd(16)} ${value}`),
    '',
  ];
}

function describeTensors({ tensors }: SavedRun): string[] {
  const all = [...tensors].filter(([name]) => name.startsWith('model/'));
  const total = all.reduce((sum, [, { data }]) => sum + data.length, 0);
  const width = Math.max(...all.map(([name]) => name.length));
  return [
    ...all.map(([name, entry]) => `  ${name.padEnd(width)}  ${describeTensor(entry)}`),
    `${count(total)} parameters; ${tensors.size - all.length} more tensors of the optimizer and the state`,
  ];
}

/** Shape, and the root of the mean square, which tells a layer that learns from one that does not. */
function describeTensor({ shape, data }: SafetensorsEntry): string {
  let squares = 0;
  for (const value of data) squares += value * value;
  return `[${shape.join(', ')}]  rms ${Math.sqrt(squares / data.length).toPrecision(4)}`;
}
