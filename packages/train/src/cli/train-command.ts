// SPDX-License-Identifier: Apache-2.0
import { CheckpointFolder } from '../checkpoint/checkpoint-folder.ts';
import { tokenize, trainTokenizer } from '../language-model/text-data.ts';
import { type OptionTable, type OptionValues, parseOptions } from '../terminal/options.ts';
import { UserError } from '../terminal/user-error.ts';
import { fingerprint } from '../text/fingerprint.ts';
import { readCorpus } from '../text/read-corpus.ts';
import { reasonOf } from '../text/reason.ts';
import { checkLength } from './check-length.ts';
import { showHelp } from './help.ts';
import { launch } from './launch.ts';
import { checkOptions, loopOptions, modelOptions, trainOptions } from './train-options.ts';
import type { TrainingPlan } from './train-rank.ts';

/** `tapeloop train`: begins a run. Returns the exit code. */
export async function trainCommand(args: readonly string[]): Promise<number> {
  const { values, help } = parseOptions(trainOptions, args);
  if (help) return showHelp('train --data FILE', 'Trains a language model.', trainOptions);
  return await launch(values, (ranks) => planRun(values, ranks));
}

/** Everything that can be wrong with options and files is found here, before the first step. */
async function planRun(
  values: OptionValues<typeof trainOptions>,
  ranks: number,
): Promise<TrainingPlan> {
  const model = pick(modelOptions, values);
  const loop = pick(loopOptions, values);
  checkOptions(model, loop);
  if (values.data === '') {
    throw new UserError('--data is missing. Name a UTF-8 text to learn from: --data book.txt');
  }
  const corpus = readCorpus(values.data);
  const tokenizer = trainTokenizer(model.tokenizer, corpus, model.vocabulary);
  const text = tokenize(corpus, tokenizer);
  checkLength(corpus.name, text, { ...model, ranks });
  const { checkpoint } = values;
  makeNewFolder(checkpoint);
  const data = { name: corpus.name, fingerprint: await fingerprint(corpus) };
  return {
    config: { model, loop, data, tokenizer: tokenizer.toJSON() },
    text,
    vocabularySize: tokenizer.size,
    checkpoint,
    saved: undefined,
  };
}

/** The values of the options of a table. */
function pick<Table extends OptionTable>(
  table: Table,
  values: OptionValues<Table>,
): OptionValues<Table> {
  const keys = new Set(Object.keys(table));
  // The entries of the table's own keys.
  return Object.fromEntries(
    Object.entries(values).filter(([key]) => keys.has(key)),
  ) as typeof values;
}

/** A run must not overwrite another's checkpoints. */
function makeNewFolder(path: string): void {
  const folder = new CheckpointFolder(path);
  try {
    folder.prepare();
  } catch (error) {
    throw new UserError(
      `--checkpoint: cannot write to ${path}: ${reasonOf(error)}. Name another folder.`,
    );
  }
  const last = folder.entries().at(-1);
  if (last === undefined) return;
  throw new UserError(
    `--checkpoint: ${path} holds a run of ${last.step} steps. Go on with it (tapeloop resume ` +
      `--checkpoint ${path}), or name another folder.`,
  );
}
