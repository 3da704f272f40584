// SPDX-License-Identifier: Apache-2.0
// Trains a character language model on Moby-Dick, or on a text of your own.
//
//   pnpm start                          about two minutes, to 2.07 bits a character
//   pnpm start --data book.txt --steps 6000
//   pnpm start --resume                 goes on after Ctrl-C
//   pnpm start --help

import { setImmediate } from 'node:timers/promises';
import { RandomStream, type RuntimeInfo } from '@tapeloop/core';
import { checkCheckpointPath } from '../shared/checkpoint-file.ts';
import {
  type Interruption,
  interruptedExitCode,
  listenForInterruption,
} from '../shared/interruption.ts';
import { describeOptions, parseOptions } from '../shared/options.ts';
import { runCommand } from '../shared/run-command.ts';
import { startTapeloop } from '../shared/start-tapeloop.ts';
import { bold, count, Terminal } from '../shared/terminal.ts';
import { readRun, resumeRun, saveRun } from './checkpoint.ts';
import { checkConfig, resumedConfig, type TrainingConfig, trainingOptions } from './config.ts';
import { type CharData, loadData } from './data.ts';
import { generate } from './generate.ts';
import { Progress } from './progress.ts';
import { type Run, startRun } from './run.ts';
import { bits, evaluate, train } from './train.ts';

/** Length and liveliness of the text that a finished run shows. */
const sample = { prompt: 'The whale ', length: 400, temperature: 0.7 } as const;

await runCommand(async (args) => {
  const { values, given, help } = parseOptions(trainingOptions, args);
  const terminal = new Terminal(process.stdout);
  if (help) {
    terminal.line('Trains a character language model.\n\nOptions (with their defaults):');
    terminal.line(describeOptions(trainingOptions));
    return 0;
  }
  using interruption = listenForInterruption();
  const { run, info } = await prepareRun(values, given);
  introduce(terminal, run, info);
  await trainAndReport(terminal, run, interruption);
  saveRun(run.config.checkpoint, run);
  if (interruption.outputClosed) return 0;
  if (run.step < run.config.steps) {
    terminal.line(`Stopped after step ${run.step}; saved in ${run.config.checkpoint}.`);
    terminal.line(`Go on with: pnpm start --resume${checkpointOption(run.config)}`);
    return interruptedExitCode;
  }
  conclude(terminal, run);
  return 0;
});

/** Everything that can be wrong with options and files is found here, before the first step. */
async function prepareRun(
  asked: TrainingConfig,
  given: ReadonlySet<keyof TrainingConfig>,
): Promise<{ run: Run; info: RuntimeInfo }> {
  if (!asked.resume) {
    checkConfig(asked);
    const data = loadData(asked.data, asked);
    checkCheckpointPath(asked.checkpoint);
    const info = await startTapeloop();
    return { run: startRun(asked, data), info };
  }
  const saved = readRun(asked.checkpoint);
  const config = resumedConfig(saved.config, asked, given);
  checkConfig(config);
  const data = loadData(config.data, config);
  checkCheckpointPath(config.checkpoint);
  const info = await startTapeloop();
  return { run: resumeRun(saved, config, data), info };
}

async function trainAndReport(
  terminal: Terminal,
  run: Run,
  interruption: Interruption,
): Promise<void> {
  const progress = new Progress(run.step, run.config.steps);
  for (const report of train(run)) {
    terminal.status(progress.describe(report));
    if (report.step % run.config.validateEvery === 0 || report.step === run.config.steps) {
      progress.pause(() => {
        const loss = evaluate(run.model, run.data.validation);
        terminal.line(bold(`step ${report.step}  validation ${describeLoss(loss)}`));
        saveRun(run.config.checkpoint, run);
      });
    }
    // Signals arrive between turns of the event loop.
    await setImmediate();
    if (interruption.requested || interruption.outputClosed) break;
  }
}

function introduce(
  terminal: Terminal,
  { config, data, model, step }: Run,
  info: RuntimeInfo,
): void {
  const { training, validation, vocabulary, name } = data;
  const parameters = model.parameters().reduce((sum, { size }) => sum + size, 0);
  terminal.line(
    `${name}: training on ${count(charactersIn(training))} characters, validating on ` +
      `${count(charactersIn(validation))}, vocabulary of ${vocabulary.size} (rare characters share one)`,
  );
  terminal.line(
    `${config.layers} LSTM layers of ${config.hidden}, ${count(parameters)} parameters; batch ` +
      `${config.batch}, window ${config.window}; ${info.kernels} kernels${info.wide ? ', wide' : ''}; seed ${config.seed}`,
  );
  if (step > 0) terminal.line(`Going on after step ${step} of ${config.checkpoint}.`);
}

function conclude(terminal: Terminal, { config, data, model }: Run): void {
  terminal.line();
  const stream = new RandomStream(config.seed).fork('sample');
  const text = generate(model, data.vocabulary, { ...sample, stream });
  terminal.line(sample.prompt + [...text].join(''));
  terminal.line();
  terminal.line(`Saved in ${config.checkpoint}.`);
  terminal.line(`More text: pnpm sample --prompt "Call me "${checkpointOption(config)}`);
}

function charactersIn({ batch, rowLength }: CharData['training']): number {
  return batch * rowLength;
}

function describeLoss(nats: number): string {
  return `${nats.toFixed(4)} nats, ${bits(nats).toFixed(4)} bits a character`;
}

function checkpointOption({ checkpoint }: TrainingConfig): string {
  const isDefault = checkpoint === trainingOptions.checkpoint.default;
  return isDefault ? '' : ` --checkpoint ${checkpoint}`;
}
