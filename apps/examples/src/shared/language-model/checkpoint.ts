// SPDX-License-Identifier: Apache-2.0
import {
  keep,
  type RandomStreamState,
  type SafetensorsEntry,
  type Tensor,
  tensor,
  tensorsIn,
  tidy,
} from '@tapeloop/core';
import {
  type CheckpointContent,
  damaged,
  loadCheckpoint,
  saveCheckpoint,
} from '../checkpoint-file.ts';
import type { Tokenizer } from '../tokenizer.ts';
import { UserError } from '../user-error.ts';
import { Vocabulary } from '../vocabulary.ts';
import type { TrainingConfig } from './config.ts';
import { LanguageModel } from './model.ts';
import { disposeRun, type Run, startRun } from './run.ts';
import type { TextData } from './text-data.ts';

/** What tells the files of one example from those of another, and how they are read. */
export interface RunFormat<Config extends TrainingConfig> {
  /** Name of the example. */
  readonly name: string;
  readonly tokenizer: Tokenizer;
  /** The options as they were written. @throws UserError when one is missing or wrong. */
  readonly readConfig: (json: unknown) => Config;
}

/** A saved run that was read from a file and checked, but not put into the heap. */
export interface SavedRun<Config extends TrainingConfig = TrainingConfig> {
  readonly path: string;
  readonly config: Config;
  readonly vocabulary: Vocabulary;
  /** SHA-256 of the text it learns from. */
  readonly text: string;
  readonly step: number;
  readonly random: ReadonlyMap<string, RandomStreamState>;
  readonly optimizer: Readonly<Record<string, number>>;
  readonly tensors: CheckpointContent['tensors'];
}

/** Writes all that the run needs to go on as if it had never stopped. */
export function saveRun<Config extends TrainingConfig>(
  path: string,
  { config, data, model, optimizer, state, step }: Run<Config>,
  format: RunFormat<Config>,
): void {
  tidy(() => {
    const saved = optimizer.state();
    const tensors = new Map<string, Tensor>();
    for (const [name, { value }] of model.namedParameters()) tensors.set(`model/${name}`, value);
    for (const [name, value] of saved.tensors) tensors.set(`optimizer/${name}`, value);
    tensorsIn(state).forEach((value, i) => tensors.set(`state/${i}`, value));
    saveCheckpoint(path, tensors, {
      format: nameIn(format),
      config: JSON.stringify(config),
      step: String(step),
      vocabulary: JSON.stringify(data.vocabulary.tokens),
      text: data.fingerprint,
      random: JSON.stringify(Object.fromEntries(model.randomState())),
      optimizer: JSON.stringify(saved.scalars),
    });
  });
}

/** Reads a saved run. @throws UserError when there is none, or it is damaged. */
export function readRun<Config extends TrainingConfig>(
  path: string,
  format: RunFormat<Config>,
): SavedRun<Config> {
  const { tensors, metadata } = loadCheckpoint(path);
  try {
    const expected = nameIn(format);
    if (metadata['format'] !== expected) throw new Error(`its format is not "${expected}"`);
    // The checksum has shown that these are the texts that `saveRun` wrote.
    return {
      path,
      config: format.readConfig(parse(metadata['config'])),
      vocabulary: new Vocabulary(parse<string[]>(metadata['vocabulary']), format.tokenizer),
      text: metadata['text'] ?? '',
      step: parse<number>(metadata['step']),
      random: new Map(Object.entries(parse<Record<string, RandomStreamState>>(metadata['random']))),
      optimizer: parse<Record<string, number>>(metadata['optimizer']),
      tensors,
    };
  } catch (error) {
    throw damaged(path, error);
  }
}

/**
 * Goes on with a saved run.
 *
 * @param config from `resumedConfig`.
 * @throws UserError when the text is not the one that the run began with, or the run is finished.
 */
export function resumeRun<Config extends TrainingConfig>(
  saved: SavedRun<Config>,
  config: Config,
  data: TextData,
): Run<Config> {
  if (data.fingerprint !== saved.text) {
    throw new UserError(
      `--data: ${data.name} is not the text that the run in ${saved.path} began with. ` +
        'Give that text, or start anew without --resume.',
    );
  }
  if (saved.step >= config.steps) {
    throw new UserError(
      `--resume: the run in ${saved.path} has made its ${saved.step} steps. Add --steps with a ` +
        'larger number to go on.',
    );
  }
  const run = startRun(config, data);
  try {
    tidy(() => fill(run, saved));
  } catch (error) {
    disposeRun(run);
    throw damaged(saved.path, error);
  }
  return run;
}

/** The trained model of a saved run. @throws UserError when the file does not fit its options. */
export function modelOf({ path, config, vocabulary, tensors }: SavedRun): LanguageModel {
  const model = new LanguageModel(vocabulary.size, config);
  try {
    model.build([1, 1], 'int32');
    tidy(() => model.loadStateDict(withPrefix(tensors, 'model/')));
    return model;
  } catch (error) {
    model.dispose();
    throw damaged(path, error);
  }
}

/** What a file says it is. */
function nameIn({ name }: { readonly name: string }): string {
  return `tapeloop ${name} 1`;
}

function fill(run: Run, { config, tensors, optimizer, random, step }: SavedRun): void {
  run.model.loadStateDict(withPrefix(tensors, 'model/'));
  run.optimizer.restore({ tensors: withPrefix(tensors, 'optimizer/'), scalars: optimizer });
  run.model.loadRandomState(random);
  run.step = step;
  const parts = withPrefix(tensors, 'state/');
  if (parts.size === 0) return;
  run.state = run.model.rnn.cell.zeroState(config.batch);
  tensorsIn(run.state).forEach((zeros, i) => {
    const part = parts.get(String(i));
    if (part === undefined) throw new Error(`state/${i} is missing`);
    zeros.view().set(part.view());
    keep(zeros);
  });
}

/** The tensors whose names begin with `prefix`, in the heap, under the rest of their names. */
function withPrefix(
  entries: ReadonlyMap<string, SafetensorsEntry>,
  prefix: string,
): Map<string, Tensor> {
  const found = new Map<string, Tensor>();
  for (const [name, { data, shape, dtype }] of entries) {
    if (name.startsWith(prefix)) found.set(name.slice(prefix.length), tensor(data, shape, dtype));
  }
  return found;
}

function parse<T = unknown>(json: string | undefined): T {
  return JSON.parse(json ?? '');
}
