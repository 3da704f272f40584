// SPDX-License-Identifier: Apache-2.0
// Trains one language model without dropout, with Zaremba's and with variational dropout, and compares
// how well each predicts text that it has not seen.
//
//   pnpm compare:dropout                about ten minutes
//   pnpm compare:dropout --seed 2
//   pnpm compare:dropout --help

import {
  bold,
  count,
  interruptedExitCode,
  listenForInterruption,
  parseOptions,
  runCommand,
  Terminal,
} from '@tapeloop/train/node';
import type { TextData } from '../shared/language-model/text-data.ts';
import { showHelp } from '../shared/show-help.ts';
import { startTapeloop } from '../shared/start-tapeloop.ts';
import { loadData } from '../word-lm/data.ts';
import type { Preset } from '../word-lm/presets.ts';
import { findings } from './claim.ts';
import { type ComparisonConfig, comparisonOptions, runConfig } from './config.ts';
import { type LearningCurve, learningCurve } from './learning-curve.ts';
import { curveTable, summaryTable } from './table.ts';

/** Exit code of a comparison that does not show what the papers claim. */
const notShownExitCode = 1;

await runCommand(async (args) => {
  const { values: config, help } = parseOptions(comparisonOptions, args);
  if (help) return showHelp('Compares dropout in a word language model.', comparisonOptions);
  const data = await loadData(config);
  await startTapeloop();
  using interruption = listenForInterruption();
  const terminal = new Terminal(process.stdout, { plainEvery: 1000 });
  introduce(terminal, config, data);
  const curves = new Map<Preset, LearningCurve>();
  for (const preset of ['none', 'zaremba', 'variational'] as const) {
    terminal.line(bold(`\n${preset}`));
    const run = runConfig(config, preset, data.training.batchesPerPass);
    const curve = await learningCurve(run, data, { terminal, signal: interruption.signal });
    if (curve === undefined) return interruption.outputClosed ? 0 : interruptedExitCode;
    curves.set(preset, curve);
  }
  return conclude(terminal, curves);
});

function introduce(terminal: Terminal, config: ComparisonConfig, data: TextData): void {
  const { training, validation, tokenizer, name } = data;
  terminal.line(
    `${name}: training on ${count(training.tokensPerPass)} words, validating on ` +
      `${count(validation.tokensPerPass)}, vocabulary of ${tokenizer.size}; ` +
      `${config.layers} LSTM layers of ${config.hidden}; seed ${config.seed}`,
  );
}

/** Prints the tables and what they show. @returns the exit code. */
function conclude(terminal: Terminal, curves: ReadonlyMap<Preset, LearningCurve>): number {
  terminal.line(`\nTraining / validation loss, in nats a word:\n\n${curveTable(curves, 4)}\n`);
  terminal.line(`${summaryTable(curves)}\n`);
  const { none = [], ...regularized } = Object.fromEntries(curves);
  const found = findings(none, new Map(Object.entries(regularized)));
  for (const { claim, isShown } of found) terminal.line(`${isShown ? 'yes' : 'NO '}  ${claim}`);
  return found.every(({ isShown }) => isShown) ? 0 : notShownExitCode;
}
