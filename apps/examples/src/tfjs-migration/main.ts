// SPDX-License-Identifier: Apache-2.0
// Trains one model of tfjs-layers as it is, after accelerateTfjs(), and moved to Tapeloop.
//
//   pnpm migrate                        less than a minute
//   pnpm migrate --hidden 256 --steps 20
//   pnpm migrate --help

import type { RuntimeInfo } from '@tapeloop/core';
import { nextTurn } from '@tapeloop/train';
import {
  bold,
  interruptedExitCode,
  listenForInterruption,
  parseOptions,
  runCommand,
  Terminal,
} from '@tapeloop/train/node';
import { showHelp } from '../shared/show-help.ts';
import { describeKernels, startTapeloop } from '../shared/start-tapeloop.ts';
import { compare, type Result } from './compare.ts';
import { type ComparisonConfig, comparisonOptions } from './config.ts';
import { failureOfTfjs, makeContestants } from './contestants.ts';
import { loadBatches, type TextBatches } from './data.ts';
import { describeStandings, standings, standingsTable } from './report.ts';

/** How fast the other two should be with the default options, and how equal all losses. */
const goal = { speeds: [4, 12], difference: 1e-4 } as const;

await runCommand(async (args) => {
  const { values: config, help } = parseOptions(comparisonOptions, args);
  if (help) return showHelp('Moves a model of tfjs-layers to Tapeloop.', comparisonOptions);
  const terminal = new Terminal(process.stdout, { plainEvery: 30 });
  const data = loadBatches(config);
  using interruption = listenForInterruption();
  const info = await startTapeloop();
  await introduce(terminal, { config, data, info });
  const contestants = await makeContestants(data.characters, config);
  let results: readonly Result[] = [];
  for await (results of compare(contestants, data.batches)) {
    terminal.status(describeProgress(results, config));
    // Signals arrive between turns of the event loop.
    await nextTurn();
    if (interruption.signal.aborted) break;
  }
  if (interruption.outputClosed) return 0;
  const isFinished = results.every(({ losses }) => losses.length === config.steps);
  if (!isFinished) terminal.line('Stopped early.');
  conclude(terminal, results);
  return isFinished ? 0 : interruptedExitCode;
});

/** What is compared. */
interface Comparison {
  readonly config: ComparisonConfig;
  readonly data: TextBatches;
  readonly info: RuntimeInfo;
}

async function introduce(terminal: Terminal, { config, data, info }: Comparison): Promise<void> {
  const { embedding, hidden, batch, window, steps } = config;
  const { characters, batches } = data;
  terminal.line(
    `Embedding of ${embedding}, LSTM of ${hidden}, dense layer to ${characters} characters; batch ` +
      `${batch}, window ${window}; ${steps} steps each; ${describeKernels(info)}`,
  );
  const [first] = batches;
  if (first === undefined) return;
  const failure = await failureOfTfjs(characters, config, first);
  if (failure === undefined) return;
  terminal.line(`tfjs alone cannot train it: ${failure}`);
  terminal.line('It is lent that one kernel, so that there is a speed to compare with.');
}

function describeProgress(results: readonly Result[], { steps }: ComparisonConfig): string {
  const made = results.reduce((sum, { losses }) => sum + losses.length, 0);
  return `${made} of ${steps * results.length} steps`;
}

function conclude(terminal: Terminal, results: readonly Result[]): void {
  if (results.some(({ losses }) => losses.length === 0)) return;
  const all = standings(results);
  const speeds = all.slice(1).map(({ speed }) => speed);
  const difference = Math.max(...all.map((standing) => standing.difference));
  terminal.line(`\n${standingsTable(all)}\n`);
  terminal.line(`Should reach  ${describeStandings(goal.speeds, goal.difference)} (by default)`);
  terminal.line(bold(`Reached       ${describeStandings(speeds, difference)}`));
}
