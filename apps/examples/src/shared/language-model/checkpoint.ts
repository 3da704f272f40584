// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { dispose } from '@tapeloop/core';
import {
  decodeCheckpoint,
  encodeCheckpoint,
  type LanguageModel,
  type SavedRun,
  savedLanguageModel,
  type Tokenizer,
  tokenizerFromJson,
  withRunState,
} from '@tapeloop/train';
import { checkWritable, reasonOf, UserError, writeAtomically } from '@tapeloop/train/node';
import type { TrainingConfig } from './config.ts';
import { type ExampleRun, startRun } from './run.ts';
import type { TextData } from './text-data.ts';

/** What tells the files of one example from those of another, and how they are read. */
export interface RunFormat<Config extends TrainingConfig> {
  /** Name of the example. */
  readonly name: string;
  /** The options as they were written. @throws UserError when one is missing or wrong. */
  readonly readConfig: (json: unknown) => Config;
}

/** A run that was read from a file, but not put into the heap. */
export interface SavedExample<Config extends TrainingConfig = TrainingConfig> {
  readonly path: string;
  readonly config: Config;
  /** Of the text that it learns from. */
  readonly fingerprint: string;
  readonly saved: SavedRun;
}

/** A trained model, and what turns text into its ids. */
export interface TrainedModel {
  readonly model: LanguageModel;
  readonly tokenizer: Tokenizer;
}

/** Writes all that the run needs to go on as if it had never stopped. @returns the file's name. */
export function saveRun<Config extends TrainingConfig>(
  path: string,
  { run, config, data }: ExampleRun<Config>,
  { name: example }: Pick<RunFormat<Config>, 'name'>,
): string {
  const { fingerprint, tokenizer } = data;
  const state = run.state();
  try {
    const saved = { example, options: config, fingerprint, tokenizer: tokenizer.toJSON() };
    orUserError(path, () => writeAtomically(path, encodeCheckpoint(state, saved)));
    return path;
  } finally {
    dispose(state.tensors);
  }
}

/** Finds out before the work begins. @throws UserError when `saveRun` could not write there. */
export function checkCheckpointPath(path: string): void {
  orUserError(path, () => checkWritable(path));
}

/** Reads a saved run. @throws UserError when there is none, or it is damaged. */
export function readRun<Config extends TrainingConfig>(
  path: string,
  { name, readConfig }: RunFormat<Config>,
): SavedExample<Config> {
  const bytes = readBytes(path);
  try {
    const saved = decodeCheckpoint(bytes, { source: path });
    const { example, options, fingerprint } = saved.config;
    if (example !== name) throw new Error(`its run is not one of ${name}`);
    return { path, config: readConfig(options), fingerprint: String(fingerprint), saved };
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
  { path, fingerprint, saved }: SavedExample<Config>,
  config: Config,
  data: TextData,
): ExampleRun<Config> {
  if (data.fingerprint !== fingerprint) {
    throw new UserError(
      `--data: ${data.name} is not the text that the run in ${path} began with. ` +
        'Give that text, or start anew without --resume.',
    );
  }
  const { step } = saved.counters;
  if (step >= config.steps) {
    throw new UserError(
      `--resume: the run in ${path} has made its ${step} steps. Add --steps with a larger number to ` +
        'go on.',
    );
  }
  const resumed = startRun(config, data);
  try {
    withRunState(saved, (state) => resumed.run.restore(state));
  } catch (error) {
    resumed.run.dispose();
    throw damaged(path, error);
  }
  return resumed;
}

/** The model of a saved run. @throws UserError when the file does not fit its options. */
export function trainedModel({ path, config, saved }: SavedExample): TrainedModel {
  try {
    const tokenizer = tokenizerFromJson(saved.config['tokenizer'], { source: path });
    return { tokenizer, model: savedLanguageModel(saved, tokenizer.size, config) };
  } catch (error) {
    throw damaged(path, error);
  }
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UserError(
      `--checkpoint: cannot read ${path}: ${reasonOf(error)}. Train a model first, or name another file.`,
    );
  }
}

function orUserError(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new UserError(
      `--checkpoint: cannot write ${path}: ${reasonOf(error)}. Name another file.`,
    );
  }
}

/** The error for a file that is not what this program writes. */
function damaged(path: string, reason: unknown): UserError {
  return new UserError(
    `--checkpoint: ${path} is damaged or no checkpoint of this program: ${reasonOf(reason)}`.replace(
      /\.?$/,
      '. Start anew without --resume, or name another file.',
    ),
  );
}
