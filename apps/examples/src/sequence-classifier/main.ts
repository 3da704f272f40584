// SPDX-License-Identifier: Apache-2.0
// Learns to tell 16 languages apart by five words.
//
//   pnpm classify                             about half a minute
//   pnpm classify --text "Nenn mich Ismael"   tells the language of these words at the end
//   pnpm classify --data spam.txt             learns your own labels
//   pnpm classify --help

import type { RuntimeInfo } from '@tapeloop/core';
import { bold, count, parseOptions, runCommand, type Terminal } from '@tapeloop/train/node';
import { checkWarmup } from '../shared/adam-options.ts';
import { parameterCount } from '../shared/parameter-count.ts';
import { showHelp } from '../shared/show-help.ts';
import { describeKernels } from '../shared/start-tapeloop.ts';
import { trainExample } from '../shared/train-example.ts';
import { classify, evaluate } from './classify.ts';
import { trainingOptions } from './config.ts';
import { loadData } from './data.ts';
import { type ClassifierRun, startRun } from './run.ts';

/** The share of snippets that a run with the default options should get right, whatever the seed. */
const goal = 0.84;

await runCommand(async (args) => {
  const { values: config, help } = parseOptions(trainingOptions, args);
  if (help) return showHelp('Learns to classify texts.', trainingOptions);
  checkWarmup(config);
  const data = loadData(config);
  const report = { token: 'text', introduce, validate, conclude };
  return trainExample(() => startRun(config, data), report);
});

function introduce(
  terminal: Terminal,
  { config, data, model }: ClassifierRun,
  info: RuntimeInfo,
): void {
  const { labels, trainingExamples, heldOut, tokenizer } = data;
  terminal.line(
    `${config.data || 'Declaration of Human Rights'}: training on ${count(trainingExamples)} ` +
      `snippets, validating on ${count(heldOut.length)}; ${labels.length} labels`,
  );
  terminal.line(
    `Bidirectional GRU of 2 × ${config.hidden}, ${count(parameterCount(model))} parameters, ` +
      `${tokenizer.size} characters; batch ${config.batch}; ` +
      `${describeKernels(info)}; seed ${config.seed}`,
  );
}

function validate(terminal: Terminal, { model, data, run }: ClassifierRun): void {
  const { accuracy } = evaluate(model, data);
  terminal.line(bold(`step ${run.counters.step}  ${describe(accuracy)}`));
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
