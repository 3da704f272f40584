// SPDX-License-Identifier: Apache-2.0
// Trains a word language model on State of the Union addresses, or on a text of your own.
//
//   pnpm word-lm                        under three minutes
//   pnpm word-lm --preset none          without dropout; zaremba and variational are the others
//   pnpm word-lm --data book.txt --steps 6000
//   pnpm word-lm --resume               goes on after Ctrl-C
//   pnpm word-lm --help

import { parseOptions, runCommand } from '@tapeloop/train/node';
import { trainFromCommandLine } from '../shared/language-model/command.ts';
import { showHelp } from '../shared/show-help.ts';
import { trainingOptions } from './config.ts';
import { withPreset } from './presets.ts';
import { wordLm } from './word-lm.ts';

await runCommand(async (args) => {
  const { values, given, help } = parseOptions(trainingOptions, args);
  if (help) return showHelp('Trains a word language model.', trainingOptions);
  return trainFromCommandLine(wordLm, withPreset(values, given), given);
});
