// SPDX-License-Identifier: Apache-2.0
import type { SavedRun } from '../checkpoint/checkpoint.ts';
import { tokenize } from '../language-model/text-data.ts';
import { type OptionValues, parseOptions } from '../terminal/options.ts';
import { UserError } from '../terminal/user-error.ts';
import { fingerprint } from '../text/fingerprint.ts';
import { readCorpus } from '../text/read-corpus.ts';
import { tokenizerFromJson } from '../tokenizers/tokenizer-from-json.ts';
import { checkLength } from './check-length.ts';
import { showHelp } from './help.ts';
import { launch } from './launch.ts';
import { openCheckpoint } from './open-checkpoint.ts';
import { configOf } from './saved-config.ts';
import {
  checkOptions,
  checkpointOption,
  type LoopValues,
  loopOptions,
  processOptions,
} from './train-options.ts';
import type { TrainingPlan } from './train-rank.ts';

const resumeOptions = { ...checkpointOption, ...loopOptions, ...processOptions } as const;

const purpose =
  'Goes on with a run, as if it had never stopped. Options that are left out stay as they were;\n' +
  'with other --steps the learning rate follows another curve.';

/** `tapeloop resume`: goes on with a run. Returns the exit code. */
export async function resumeCommand(args: readonly string[]): Promise<number> {
  const { values, given, help } = parseOptions(resumeOptions, args);
  if (help) return showHelp('resume --checkpoint FOLDER', purpose, resumeOptions);
  return await launch(values, (ranks) => planResume(values, given, ranks));
}

async function planResume(
  asked: OptionValues<typeof resumeOptions>,
  given: ReadonlySet<string>,
  ranks: number,
): Promise<TrainingPlan> {
  const { checkpoint } = asked;
  const { path, saved } = openCheckpoint(checkpoint, { prefer: 'latest', warn: console.error });
  const before = configOf(saved, path);
  const loop = overwrite(before.loop, asked, given);
  checkOptions(before.model, loop);
  checkStepsLeft(path, saved.counters.step, loop.steps);
  checkRanks(path, saved, before.model.batch, ranks);
  const corpus = readCorpus(loop.data);
  if ((await fingerprint(corpus)) !== before.data.fingerprint) {
    throw new UserError(
      `--data: ${corpus.name} is not the text that the run in ${path} began with. Give that text, ` +
        'or begin a new run.',
    );
  }
  const tokenizer = tokenizerFromJson(before.tokenizer, { source: path });
  const text = tokenize(corpus, tokenizer);
  checkLength(corpus.name, text, { ...before.model, ranks });
  const data = { ...before.data, name: corpus.name };
  const config = { ...before, loop, data };
  return { config, text, vocabularySize: tokenizer.size, checkpoint, saved };
}

/** The saved values, but for those that were written out. */
function overwrite(saved: LoopValues, asked: LoopValues, given: ReadonlySet<string>): LoopValues {
  const written = Object.entries(asked).filter(([key]) => given.has(key));
  return { ...saved, ...Object.fromEntries(written) };
}

function checkStepsLeft(path: string, made: number, steps: number): void {
  if (made < steps) return;
  throw new UserError(
    `--steps: the run in ${path} has made its ${made} steps. Add --steps with a larger number to go on.`,
  );
}

/** What is carried over has a row for each row of each process. */
function checkRanks(path: string, { tensors }: SavedRun, batch: number, ranks: number): void {
  const rows = tensors.get('carried/0')?.shape[0] ?? batch * ranks;
  if (rows === batch * ranks) return;
  throw new UserError(
    `--workers: the run in ${path} was made by ${rows / batch} processes, got ${ranks}. Add ` +
      `--workers ${rows / batch}, or start as many with mpiexec.`,
  );
}
