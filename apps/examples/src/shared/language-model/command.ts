// SPDX-License-Identifier: Apache-2.0
import { RandomStream, type RuntimeInfo } from '@tapeloop/core';
import { checkCheckpointPath } from '../checkpoint-file.ts';
import type { ContiguousBatches } from '../contiguous-batches.ts';
import { type Interruption, interruptedExitCode, listenForInterruption } from '../interruption.ts';
import { startTapeloop } from '../start-tapeloop.ts';
import { bold, count, Terminal } from '../terminal.ts';
import type { Tokenizer } from '../tokenizer.ts';
import { watchTraining } from '../watch-training.ts';
import { type RunFormat, readRun, resumeRun, saveRun } from './checkpoint.ts';
import { checkConfig, resumedConfig, type TrainingConfig } from './config.ts';
import { generate } from './generate.ts';
import type { LossMeasure } from './loss-measure.ts';
import { type Run, startRun } from './run.ts';
import type { TextData } from './text-data.ts';
import { evaluate, type StepReport, train } from './train.ts';

/** What an example counts in. */
interface Units {
  readonly tokenizer: Tokenizer;
  readonly measure: LossMeasure;
}

/** A language model that people train from the command line. */
export interface LanguageExample<Config extends TrainingConfig> extends RunFormat<Config>, Units {
  /** Where runs are saved unless it is said otherwise. */
  readonly defaultCheckpoint: string;
  /** What starts a training. */
  readonly command: string;
  /** @throws UserError when the text cannot be used. */
  readonly loadData: (config: Config) => TextData;
  /** What a finished run shows: `length` tokens after `prompt`. */
  readonly sample: {
    readonly prompt: string;
    readonly length: number;
    readonly temperature: number;
  };
  /** Lines at the end of a finished run. @param loss on the validation text, in nats a token. */
  readonly conclude: (config: Config, loss: number) => readonly string[];
}

/**
 * Trains, saves and shows a language model. Ctrl-C ends it after the step that is being made; what is
 * saved then can be gone on with.
 *
 * @param asked the options; `given` those that were written out.
 * @returns the exit code.
 * @throws UserError for everything that can be wrong with options and files, before the first step.
 */
export async function trainFromCommandLine<Config extends TrainingConfig>(
  example: LanguageExample<Config>,
  asked: Config,
  given: ReadonlySet<keyof Config & string>,
): Promise<number> {
  const terminal = new Terminal(process.stdout);
  using interruption = listenForInterruption();
  const { run, info } = await prepareRun(example, asked, given);
  introduce(terminal, run, info);
  const loss = await trainAndReport(example, terminal, run, interruption);
  saveRun(run.config.checkpoint, run, example);
  if (interruption.outputClosed) return 0;
  if (run.step < run.config.steps) {
    terminal.line(`Stopped after step ${run.step}; saved in ${run.config.checkpoint}.`);
    const option = checkpointOption(example, run.config);
    terminal.line(`Go on with: ${example.command} --resume${option}`);
    return interruptedExitCode;
  }
  conclude(example, terminal, run, loss);
  return 0;
}

/** `--checkpoint FILE` where it is needed to find a run again. */
export function checkpointOption(
  { defaultCheckpoint }: { readonly defaultCheckpoint: string },
  { checkpoint }: TrainingConfig,
): string {
  return checkpoint === defaultCheckpoint ? '' : ` --checkpoint ${checkpoint}`;
}

async function prepareRun<Config extends TrainingConfig>(
  example: LanguageExample<Config>,
  asked: Config,
  given: ReadonlySet<keyof Config & string>,
): Promise<{ run: Run<Config>; info: RuntimeInfo }> {
  const saved = asked.resume ? readRun(asked.checkpoint, example) : undefined;
  const config = saved === undefined ? asked : resumedConfig(saved.config, asked, given);
  checkConfig(config);
  const data = example.loadData(config);
  checkCheckpointPath(config.checkpoint);
  const info = await startTapeloop();
  const run = saved === undefined ? startRun(config, data) : resumeRun(saved, config, data);
  return { run, info };
}

/** @returns the last validation loss. */
async function trainAndReport<Config extends TrainingConfig>(
  example: LanguageExample<Config>,
  terminal: Terminal,
  run: Run<Config>,
  interruption: Interruption,
): Promise<number> {
  const { steps, validateEvery, checkpoint } = run.config;
  let loss = Number.NaN;
  await watchTraining(train(run), {
    ...{ terminal, interruption, steps, validateEvery },
    describe: (report, secondsPerStep) => describeStep(example, report, secondsPerStep),
    validate: (step) => {
      loss = evaluate(run.model, run.data.validation);
      const figure = describeLoss(example, loss) + example.measure.perToken;
      terminal.line(bold(`step ${step}  validation ${figure}`));
      saveRun(checkpoint, run, example);
    },
  });
  return loss;
}

function introduce(
  terminal: Terminal,
  { config, data, model, step }: Run,
  info: RuntimeInfo,
): void {
  const { training, validation, vocabulary, name } = data;
  const { many } = vocabulary.tokenizer.names;
  const parameters = model.parameters().reduce((sum, { size }) => sum + size, 0);
  terminal.line(
    `${name}: training on ${count(tokensIn(training))} ${many}, validating on ` +
      `${count(tokensIn(validation))}, vocabulary of ${vocabulary.size} (rare ${many} share one)`,
  );
  terminal.line(
    `${config.layers} LSTM layers of ${config.hidden}, ${count(parameters)} parameters; batch ` +
      `${config.batch}, window ${config.window}; ${info.kernels} kernels${info.wide ? ', wide' : ''}; seed ${config.seed}`,
  );
  if (step > 0) terminal.line(`Going on after step ${step} of ${config.checkpoint}.`);
}

function conclude<Config extends TrainingConfig>(
  { sample, conclude }: LanguageExample<Config>,
  terminal: Terminal,
  { config, data, model }: Run<Config>,
  loss: number,
): void {
  terminal.line();
  const stream = new RandomStream(config.seed).fork('sample');
  const text = generate(model, data.vocabulary, { ...sample, stream });
  terminal.line(sample.prompt + [...text].join(''));
  terminal.line();
  terminal.line(`Saved in ${config.checkpoint}.`);
  for (const line of conclude(config, loss)) terminal.line(line);
}

function describeStep(
  example: Units,
  { loss, gradientNorm, tokens }: StepReport,
  secondsPerStep: number,
): string {
  const speed = `${count(tokens / secondsPerStep)} ${example.tokenizer.names.short}/s`;
  return `loss ${describeLoss(example, loss)}  norm ${gradientNorm.toFixed(4)}  ${speed}`;
}

function describeLoss({ measure }: Units, nats: number): string {
  return `${nats.toFixed(4)} nats, ${measure.describe(nats)}`;
}

function tokensIn({ batch, rowLength }: ContiguousBatches): number {
  return batch * rowLength;
}
