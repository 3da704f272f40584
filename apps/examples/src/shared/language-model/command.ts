// SPDX-License-Identifier: Apache-2.0
import { RandomStream, type RuntimeInfo } from '@tapeloop/core';
import { reportTo, train } from '@tapeloop/train';
import {
  count,
  type Interruption,
  interruptedExitCode,
  type LossUnit,
  listenForInterruption,
  Terminal,
  terminalLine,
} from '@tapeloop/train/node';
import { parameterCount } from '../parameter-count.ts';
import { describeKernels, startTapeloop } from '../start-tapeloop.ts';
import { checkCheckpointPath, type RunFormat, readRun, resumeRun, saveRun } from './checkpoint.ts';
import { checkConfig, resumedConfig, type TrainingConfig } from './config.ts';
import { type ExampleRun, startRun } from './run.ts';
import type { TextData } from './text-data.ts';
import { writeText } from './write-text.ts';

/** A language model that people train from the command line. */
export interface LanguageExample<Config extends TrainingConfig> extends RunFormat<Config> {
  /** Where runs are saved unless it is said otherwise. */
  readonly defaultCheckpoint: string;
  /** What starts a training. */
  readonly command: string;
  /** What a token is called. */
  readonly token: string;
  /** In what losses are told. */
  readonly unit: LossUnit;
  /** @throws UserError when the text cannot be used. */
  readonly loadData: (config: Config) => Promise<TextData>;
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
  const { started, info } = await prepareRun(example, asked, given);
  const { config, run } = started;
  introduce(terminal, example, started, info);
  const loss = await trainAndReport(example, terminal, started, interruption);
  if (interruption.outputClosed) return 0;
  const { step } = run.counters;
  if (step < config.steps) {
    terminal.line(`Stopped after step ${step}; saved in ${config.checkpoint}.`);
    terminal.line(`Go on with: ${example.command} --resume${checkpointOption(example, config)}`);
    return interruptedExitCode;
  }
  conclude(example, terminal, started, loss);
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
): Promise<{ started: ExampleRun<Config>; info: RuntimeInfo }> {
  const saved = asked.resume ? readRun(asked.checkpoint, example) : undefined;
  const config = saved === undefined ? asked : resumedConfig(saved.config, asked, given);
  checkConfig(config);
  const data = await example.loadData(config);
  checkCheckpointPath(config.checkpoint);
  const info = await startTapeloop();
  const started = saved === undefined ? startRun(config, data) : resumeRun(saved, config, data);
  return { started, info };
}

/** @returns the last validation loss. */
async function trainAndReport<Config extends TrainingConfig>(
  example: LanguageExample<Config>,
  terminal: Terminal,
  started: ExampleRun<Config>,
  { signal }: Interruption,
): Promise<number> {
  const { run, learningRate, config, data } = started;
  const { steps, validateEvery, checkpoint } = config;
  const events = train(run, {
    ...{ steps, validateEvery, validation: data.validation, learningRate, signal },
    save: () => saveRun(checkpoint, started, example),
  });
  const line = terminalLine(terminal, { steps, token: example.token, unit: example.unit });
  let loss = Number.NaN;
  for await (const event of reportTo([line], events)) {
    if (event.type === 'validation') loss = event.loss;
  }
  return loss;
}

function introduce(
  terminal: Terminal,
  { token }: { readonly token: string },
  { config, data, model, run }: ExampleRun,
  info: RuntimeInfo,
): void {
  const { training, validation, tokenizer, name } = data;
  terminal.line(
    `${name}: training on ${count(training.tokensPerPass)} ${token}s, validating on ` +
      `${count(validation.tokensPerPass)}, vocabulary of ${tokenizer.size} (rare ${token}s share one)`,
  );
  terminal.line(
    `${config.layers} LSTM layers of ${config.hidden}, ${count(parameterCount(model))} parameters; batch ` +
      `${config.batch}, window ${config.window}; ${describeKernels(info)}; seed ${config.seed}`,
  );
  const { step } = run.counters;
  if (step > 0) terminal.line(`Going on after step ${step} of ${config.checkpoint}.`);
}

function conclude<Config extends TrainingConfig>(
  { sample, conclude }: LanguageExample<Config>,
  terminal: Terminal,
  { config, data, model }: ExampleRun<Config>,
  loss: number,
): void {
  const stream = new RandomStream(config.seed).fork('sample');
  const text = [...writeText(model, data.tokenizer, { ...sample, stream })].join('');
  terminal.line(`\n${sample.prompt}${text}\n`);
  terminal.line(`Saved in ${config.checkpoint}.`);
  for (const line of conclude(config, loss)) terminal.line(line);
}
