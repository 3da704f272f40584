// SPDX-License-Identifier: Apache-2.0
// Learns to tell 16 languages apart by five words.
//
//   pnpm classify                             about half a minute
//   pnpm classify --text "Nenn mich Ismael"   tells the language of these words at the end
//   pnpm classify --data spam.txt             learns your own labels
//   pnpm classify --help

import type { RuntimeInfo } from '@tapeloop/core';
import { checkWarmup } from '../shared/adam-options.ts';
import { interruptedExitCode, listenForInterruption } from '../shared/interruption.ts';
import { parseOptions } from '../shared/options.ts';
import { runCommand } from '../shared/run-command.ts';
import { showHelp } from '../shared/show-help.ts';
import { startTapeloop } from '../shared/start-tapeloop.ts';
import { bold, count, Terminal } from '../shared/terminal.ts';
import { watchTraining } from '../shared/watch-training.ts';
import { trainingOptions } from './config.ts';
import { loadData } from './data.ts';
import { type Run, startRun } from './run.ts';
import { classify, evaluate, train } from './train.ts';

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
  const run = startRun(config, data);
  introduce(terminal, run, info);
  const { steps, validateEvery } = config;
  const isFinished = await watchTraining(train(run), {
    ...{ terminal, interruption, steps, validateEvery },
    validate: (step) => terminal.line(bold(`step ${step}  ${describe(evaluate(run).accuracy)}`)),
  });
  if (interruption.outputClosed) return 0;
  if (!isFinished) terminal.line(`Stopped after step ${run.step}.`);
  conclude(terminal, run);
  return isFinished ? 0 : interruptedExitCode;
});

function introduce(terminal: Terminal, { config, data, model }: Run, info: RuntimeInfo): void {
  const { labels, trainingExamples, heldOut, vocabulary } = data;
  const parameters = model.parameters().reduce((sum, { size }) => sum + size, 0);
  terminal.line(
    `${config.data || 'Declaration of Human Rights'}: training on ${count(trainingExamples)} ` +
      `snippets, validating on ${count(heldOut.length)}; ${labels.length} labels`,
  );
  terminal.line(
    `Bidirectional GRU of 2 × ${config.hidden}, ${count(parameters)} parameters, ` +
      `${vocabulary.size} characters; batch ${config.batch}; ` +
      `${info.kernels} kernels${info.wide ? ', wide' : ''}; seed ${config.seed}`,
  );
}

function conclude(terminal: Terminal, run: Run): void {
  const { config, data, model } = run;
  const table = evaluate(run);
  terminal.line('\nWhat each line was taken for:\n');
  terminal.line(`${table}\n`);
  terminal.line(`Should reach  ${describe(goal)} (with the default options)`);
  terminal.line(bold(`Reached       ${describe(table.accuracy)}`));
  if (config.text === '') return;
  const [guess = 0] = classify(model, [[...data.vocabulary.encode(config.text.toLowerCase())]]);
  terminal.line(`${config.text}: ${data.labels[guess]}`);
}

function describe(accuracy: number): string {
  return `accuracy ${(100 * accuracy).toFixed(1)} %`;
}
