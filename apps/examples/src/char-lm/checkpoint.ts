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
} from '../shared/checkpoint-file.ts';
import { UserError } from '../shared/user-error.ts';
import { Vocabulary } from '../shared/vocabulary.ts';
import { configFromJson, type TrainingConfig } from './config.ts';
import type { CharData } from './data.ts';
import { CharModel } from './model.ts';
import { disposeRun, type Run, startRun } from './run.ts';

/** What the file says it is. */
const format = 'tapeloop char-lm 1';

/** A saved run that was read from a file and checked, but not put into the heap. */
export interface SavedRun {
  readonly path: string;
  readonly config: TrainingConfig;
  readonly vocabulary: Vocabulary;
  /** SHA-256 of the text it learns from. */
  readonly text: string;
  readonly step: number;
  readonly random: ReadonlyMap<string, RandomStreamState>;
  readonly optimizer: Readonly<Record<string, number>>;
  readonly tensors: CheckpointContent['tensors'];
}

/** Writes all that the run needs to go on as if it had never stopped. */
export function saveRun(path: string, { config, data, model, optimizer, state, step }: Run): void {
  tidy(() => {
    const saved = optimizer.state();
    const tensors = new Map<string, Tensor>();
    for (const [name, { value }] of model.namedParameters()) tensors.set(`model/${name}`, value);
    for (const [name, value] of saved.tensors) tensors.set(`optimizer/${name}`, value);
    tensorsIn(state).forEach((value, i) => tensors.set(`state/${i}`, value));
    saveCheckpoint(path, tensors, {
      format,
      config: JSON.stringify(config),
      step: String(step),
      vocabulary: JSON.stringify(data.vocabulary.characters),
      text: data.fingerprint,
      random: JSON.stringify(Object.fromEntries(model.randomState())),
      optimizer: JSON.stringify(saved.scalars),
    });
  });
}

/** Reads a saved run. @throws UserError when there is none, or it is damaged. */
export function readRun(path: string): SavedRun {
  const { tensors, metadata } = loadCheckpoint(path);
  try {
    if (metadata['format'] !== format) throw new Error(`its format is not "${format}"`);
    // The checksum has shown that these are the texts that `saveRun` wrote.
    return {
      path,
      config: configFromJson(parse(metadata['config'])),
      vocabulary: new Vocabulary(parse<string[]>(metadata['vocabulary'])),
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
export function resumeRun(saved: SavedRun, config: TrainingConfig, data: CharData): Run {
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
export function modelOf({ path, config, vocabulary, tensors }: SavedRun): CharModel {
  const model = new CharModel(vocabulary.size, config);
  try {
    model.build([1, 1], 'int32');
    tidy(() => model.loadStateDict(withPrefix(tensors, 'model/')));
    return model;
  } catch (error) {
    model.dispose();
    throw damaged(path, error);
  }
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
