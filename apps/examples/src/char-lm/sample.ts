// SPDX-License-Identifier: Apache-2.0
// Writes text with a trained character model.
//
//   pnpm sample --prompt "Call me " --temperature 0.7 --length 500 --seed 3

import { RandomStream } from '@tapeloop/core';
import { nextTurn, type Tokenizer } from '@tapeloop/train';
import {
  integer,
  listenForInterruption,
  parseOptions,
  real,
  runCommand,
  text,
  UserError,
} from '@tapeloop/train/node';
import { readRun, trainedModel } from '../shared/language-model/checkpoint.ts';
import { writeText } from '../shared/language-model/write-text.ts';
import { showHelp } from '../shared/show-help.ts';
import { startTapeloop } from '../shared/start-tapeloop.ts';
import { charLm } from './char-lm.ts';
import { defaultCheckpoint } from './config.ts';

const sampleOptions = {
  prompt: text({ default: 'Call me ', placeholder: 'TEXT', help: 'the text to go on from' }),
  length: integer({ default: 400, min: 0, help: 'characters to write' }),
  temperature: real({
    default: 0.7,
    min: 0,
    help: 'above 1 livelier, below 1 safer; 0 always takes the likeliest character',
  }),
  seed: integer({ default: 1, help: 'another seed gives another text' }),
  checkpoint: text({ default: defaultCheckpoint, placeholder: 'FILE', help: 'the trained model' }),
} as const;

await runCommand(async (args) => {
  const { values, help } = parseOptions(sampleOptions, args);
  if (help) return showHelp('Writes text with a trained character model.', sampleOptions);
  const { prompt, seed, checkpoint, ...manner } = values;
  const saved = readRun(checkpoint, charLm);
  await startTapeloop();
  const { model, tokenizer } = trainedModel(saved);
  checkPrompt(prompt, tokenizer);
  using interruption = listenForInterruption();
  process.stdout.write(prompt);
  const stream = new RandomStream(seed);
  for (const character of writeText(model, tokenizer, { prompt, stream, ...manner })) {
    process.stdout.write(character);
    // A closed output and signals are noticed between turns of the event loop.
    await nextTurn();
    if (interruption.signal.aborted) break;
  }
  process.stdout.write('\n');
  return 0;
});

function checkPrompt(prompt: string, tokenizer: Tokenizer): void {
  if (prompt === '') {
    throw new UserError("--prompt must have at least one character, got ''.");
  }
  const strange = [...prompt].filter((character) => {
    return tokenizer.encode(character)[0] === tokenizer.unknownId;
  });
  if (strange.length > 0) {
    console.error(
      `The model does not know ${[...new Set(strange)].join(' ')}; it reads a stand-in.`,
    );
  }
}
