// SPDX-License-Identifier: Apache-2.0
// Learns to tell 16 languages apart by five words.
//
//   pnpm classify                             about half a minute
//   pnpm classify --text "Nenn mich Ismael"   tells the language of these words at the end
//   pnpm classify --data spam.txt             learns your own labels
//   pnpm classify --help

import type { RuntimeInfo } from '@tapeloop/core';
import { reportTo, train } from '@tapeloop/train';
import {
  bold,
  count,
  interruptedExitCode,
  listenForInterruption,
  parseOptions,
  runCommand,
  Terminal,
  terminalLine,
} from '@tapeloop/train/node';
import { checkWarmup } from '../shared/adam-options.ts';
import { showHelp } from '../shared/show-help.ts';
import { startTapeloop } from '../shared/start-tapeloop.ts';
import { classify, evaluate } from './classify.ts';
import { trainingOptions } from './config.ts';
import { loadData } from './data.ts';
import { type ClassifierRun, startRun } from './run.ts';

/** The share of snippets that a run with the default options should get right, whatever the seed. */
const goal = 0.84;

await runCommand(async (args) => {
  const { values: config, help } = parseOptions(trainingOptions, args);
  if (help) return showHelp('Learns to classify texts.', trainingOptions);
  const terminal = new Terminal(process.stdout);
  checkWarmup(config);
  const data = loadData(config);
  using interruption = listenForInterruption();
  const info = await startTapeloop();
  const started = startRun(config, data);
  const { model, run, learningRate } = started;
  introduce(terminal, started, info);
  const { steps, validateEvery } = config;
  const line = terminalLine(terminal, { steps, token: 'text' });
  const events = train(run, { steps, learningRate, signal: interruption.signal });
  for await (const { type, step } of reportTo([line], events)) {
    if (type !== 'step' || (step % validateEvery !== 0 && step !== steps)) continue;
    terminal.line(bold(`step ${step}  ${describe(evaluate(model, data).accuracy)}`));
  }
  if (interruption.outputClosed) return 0;
  const { step } = run.counters;
  if (step < steps) terminal.line(`Stopped after step ${step}.`);
  conclude(terminal, started);
  return step === steps ? 0 : interruptedExitCode;
});

function introduce(
  terminal: Terminal,
  { config, data, model }: ClassifierRun,
  info: RuntimeInfo,
): void {
  const { labels, trainingExamples, heldOut, tokenizer } = data;
  const parameters = model.parameters().reduce((sum, { size }) => sum + size, 0);
  terminal.line(
    `${config.data || 'Declaration of Human Rights'}: training on ${count(trainingExamples)} ` +
      `snippets, validating on ${count(heldOut.length)}; ${labels.length} labels`,
  );
  terminal.line(
    `Bidirectional GRU of 2 × ${config.hidden}, ${count(parameters)} parameters, ` +
      `${tokenizer.size} characters; batch ${config.batch}; ` +
      `${info.kernels} kernels${info.wide ? ', wide' : ''}; seed ${config.seed}`,
  );
}

function conclude(terminal: Terminal, { config, data, model }: ClassifierRun): void {
  const table = evaluate(model, data);
  terminal.line('\nWhat each line was taken for:\n');
  terminal.line(`${table}\n`);
  terminal.line(`Should reach  ${describe(goal)} (with the default options)`);
  terminal.line(bold(`Reached       ${describe(table.accuracy)}`));
  if (config.text === '') return;
  const [guess = 0] = classify(model, [[...data.tokenizer.encode(config.text.toLowerCase())]]);
  terminal.line(`${config.text}: ${data.labels[guess]}`);
}

function describe(accuracy: number): string {
  return `accuracy ${(100 * accuracy).toFixed(1)} %`;
}
