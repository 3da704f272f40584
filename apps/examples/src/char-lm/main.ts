// SPDX-License-Identifier: Apache-2.0
// Trains a character language model on Moby-Dick, or on a text of your own.
//
//   pnpm start                          about two minutes, to 2.07 bits a character
//   pnpm start --data book.txt --steps 6000
//   pnpm start --resume                 goes on after Ctrl-C
//   pnpm start --help

import { parseOptions, runCommand } from '@tapeloop/train/node';
import { trainFromCommandLine } from '../shared/language-model/command.ts';
import { showHelp } from '../shared/show-help.ts';
import { charLm } from './char-lm.ts';
import { trainingOptions } from './config.ts';

await runCommand(async (args) => {
  const { values, given, help } = parseOptions(trainingOptions, args);
  if (help) return showHelp('Trains a character language model.', trainingOptions);
  return trainFromCommandLine(charLm, values, given);
});
