// SPDX-License-Identifier: Apache-2.0
// Learns to pronounce English words from the CMU Pronouncing Dictionary.
//
//   pnpm g2p                            about two minutes
//   pnpm g2p --words "ahab,ishmael"     watches how these words come to be said
//   pnpm g2p --help

import type { RuntimeInfo } from '@tapeloop/core';
import { bold, count, parseOptions, runCommand, type Terminal } from '@tapeloop/train/node';
import { parameterCount } from '../shared/parameter-count.ts';
import { showHelp } from '../shared/show-help.ts';
import { describeKernels } from '../shared/start-tapeloop.ts';
import { trainExample } from '../shared/train-example.ts';
import { checkConfig, trainingOptions } from './config.ts';
import { loadData } from './data.ts';
import type { Entry } from './dictionary.ts';
import type { ErrorRates } from './error-rates.ts';
import { evaluate, pronounce } from './pronounce.ts';
import { type PronunciationRun, startRun } from './run.ts';

/** What a run with the default options should reach, whatever the seed. */
const goal: ErrorRates = { phonemeErrorRate: 0.1, wordAccuracy: 0.62 };

/** Words of a validation; at the end all that were held out are said. */
const validationWords = 1000;

await runCommand(async (args) => {
  const { values: config, help } = parseOptions(trainingOptions, args);
  if (help) return showHelp('Learns to pronounce words.', trainingOptions);
  checkConfig(config);
  const data = loadData({ ...config, words: config.words.toLowerCase().split(',') });
  const report = { token: 'phoneme', introduce, validate, conclude };
  return trainExample(() => startRun(config, data), report);
});

function introduce(
  terminal: Terminal,
  { config, data, model }: PronunciationRun,
  info: RuntimeInfo,
): void {
  const { letters, phonemes, trainingWords, heldOut } = data;
  terminal.line(
    `${config.data || 'CMUdict'}: training on ${count(trainingWords)} words, validating on ` +
      `${count(heldOut.length)}; ${letters.all.length} letters, ${phonemes.all.length} phonemes`,
  );
  terminal.line(
    `LSTM encoder-decoder with attention, ${config.hidden} units, ${count(parameterCount(model))} ` +
      `parameters; batch ${config.batch}; ${describeKernels(info)}; seed ${config.seed}`,
  );
}

function validate(terminal: Terminal, started: PronunciationRun): void {
  const { model, data, run } = started;
  const rates = evaluate(model, data, data.heldOut.slice(0, validationWords));
  terminal.line(bold(`step ${run.counters.step}  ${describe(rates)}`));
  sayWords(terminal, started);
}

/** Says the watched words, each with what the dictionary has. */
function sayWords(terminal: Terminal, { model, data }: PronunciationRun): void {
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

function conclude(terminal: Terminal, { model, data }: PronunciationRun): void {
  terminal.line(`Should reach  ${describe(goal)} (with the default options)`);
  terminal.line(bold(`Reached       ${describe(evaluate(model, data, data.heldOut))}`));
}

function describe({ phonemeErrorRate, wordAccuracy }: ErrorRates): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  return `phoneme error rate ${percent(phonemeErrorRate)}, words right ${percent(wordAccuracy)}`;
}
