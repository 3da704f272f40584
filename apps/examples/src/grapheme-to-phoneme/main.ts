// SPDX-License-Identifier: Apache-2.0
// Learns to pronounce English words from the CMU Pronouncing Dictionary.
//
//   pnpm g2p                            about two minutes
//   pnpm g2p --words "ahab,ishmael"     watches how these words come to be said
//   pnpm g2p --help

import type { RuntimeInfo } from '@tapeloop/core';
import { interruptedExitCode, listenForInterruption } from '../shared/interruption.ts';
import { parseOptions } from '../shared/options.ts';
import { runCommand } from '../shared/run-command.ts';
import { showHelp } from '../shared/show-help.ts';
import { startTapeloop } from '../shared/start-tapeloop.ts';
import { bold, count, Terminal } from '../shared/terminal.ts';
import { watchTraining } from '../shared/watch-training.ts';
import { checkConfig, trainingOptions } from './config.ts';
import { loadData } from './data.ts';
import type { Entry } from './dictionary.ts';
import type { ErrorRates } from './error-rates.ts';
import { pronounce } from './pronounce.ts';
import { type Run, startRun } from './run.ts';
import { evaluate, train } from './train.ts';

/** What a run with the default options should reach, whatever the seed. */
const goal: ErrorRates = { phonemeErrorRate: 0.1, wordAccuracy: 0.62 };

/** Words of a validation; at the end all that were held out are said. */
const validationWords = 1000;

await runCommand(async (args) => {
  const { values: config, help } = parseOptions(trainingOptions, args);
  if (help) return showHelp('Learns to pronounce words.', trainingOptions);
  const terminal = new Terminal(process.stdout);
  checkConfig(config);
  const data = loadData({ ...config, words: config.words.toLowerCase().split(',') });
  using interruption = listenForInterruption();
  const info = await startTapeloop();
  const run = startRun(config, data);
  introduce(terminal, run, info);
  const { steps, validateEvery } = config;
  const isFinished = await watchTraining(train(run), {
    ...{ terminal, interruption, steps, validateEvery },
    validate: (step) => {
      const rates = evaluate(run, data.heldOut.slice(0, validationWords));
      terminal.line(bold(`step ${step}  ${describe(rates)}`));
      sayWords(terminal, run);
    },
  });
  if (interruption.outputClosed) return 0;
  if (!isFinished) terminal.line(`Stopped after step ${run.step}.`);
  terminal.line(`Should reach  ${describe(goal)} (with the default options)`);
  terminal.line(bold(`Reached       ${describe(evaluate(run, data.heldOut))}`));
  return isFinished ? 0 : interruptedExitCode;
});

function introduce(terminal: Terminal, { config, data, model }: Run, info: RuntimeInfo): void {
  const { letters, phonemes, trainingWords, heldOut } = data;
  const parameters = model.parameters().reduce((sum, { size }) => sum + size, 0);
  terminal.line(
    `${config.data || 'CMUdict'}: training on ${count(trainingWords)} words, validating on ` +
      `${count(heldOut.length)}; ${letters.all.length} letters, ${phonemes.all.length} phonemes`,
  );
  terminal.line(
    `LSTM encoder-decoder with attention, ${config.hidden} units, ${count(parameters)} parameters; ` +
      `batch ${config.batch}; ${info.kernels} kernels${info.wide ? ', wide' : ''}; seed ${config.seed}`,
  );
}

/** Says the watched words, each with what the dictionary has. */
function sayWords(terminal: Terminal, { model, data }: Run): void {
  const words = data.watched.map(({ word }) => word);
  const width = Math.max(...words.map((word) => word.length));
  const said = pronounce(model, data, words);
  data.watched.forEach(({ word, pronunciations }, i) => {
    const ours = (said[i] ?? []).join(' ');
    terminal.line(`  ${word.padEnd(width)}  ${ours}${judgement(ours, pronunciations)}`);
  });
}

function judgement(said: string, pronunciations: Entry['pronunciations']): string {
  const known = pronunciations.map((phonemes) => phonemes.join(' '));
  if (known.length === 0) return '';
  return known.includes(said) ? '  ✓' : `  (${known.join(', ')})`;
}

function describe({ phonemeErrorRate, wordAccuracy }: ErrorRates): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  return `phoneme error rate ${percent(phonemeErrorRate)}, words right ${percent(wordAccuracy)}`;
}
