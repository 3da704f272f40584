#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import { runCommand } from '../terminal/run-command.ts';
import { UserError } from '../terminal/user-error.ts';
import { evaluateCommand } from './evaluate-command.ts';
import { inspectCommand } from './inspect-command.ts';
import { resumeCommand } from './resume-command.ts';
import { sampleCommand } from './sample-command.ts';
import { trainCommand } from './train-command.ts';

type Command = (args: readonly string[]) => Promise<number>;

const commands: ReadonlyMap<string, readonly [command: Command, purpose: string]> = new Map([
  ['train', [trainCommand, 'train a language model on a text']],
  ['resume', [resumeCommand, 'go on with a run that was stopped or killed']],
  ['evaluate', [evaluateCommand, 'tell how well a trained model predicts a text']],
  ['sample', [sampleCommand, 'write text with a trained model']],
  ['inspect', [inspectCommand, 'tell what a checkpoint holds']],
]);

await runCommand(async ([name = '--help', ...args]) => {
  if (name === '--help' || name === '-h') {
    console.log(usage());
    return 0;
  }
  const [command] = commands.get(name) ?? [];
  if (command !== undefined) return await command(args);
  throw new UserError(`tapeloop: unknown command '${name}'. Run tapeloop --help for all commands.`);
});

function usage(): string {
  const rows = [...commands].map(([name, [, purpose]]) => `  ${name.padEnd(9)} ${purpose}`);
  return [
    'Usage: tapeloop COMMAND [options]',
    '',
    'Trains recurrent language models on your own text, in WebAssembly.',
    '',
    'Commands:',
    ...rows,
    '',
    'tapeloop COMMAND --help tells the options of a command.',
    '',
    'Example:',
    '  tapeloop train --data book.txt --checkpoint runs/book',
    '  tapeloop sample --checkpoint runs/book --prompt "Once "',
  ].join('\n');
}
