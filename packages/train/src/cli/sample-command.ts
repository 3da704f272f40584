// SPDX-License-Identifier: Apache-2.0
import { RandomStream } from '@tapeloop/core';
import { beamSearch } from '../generate/beam-search.ts';
import { generate } from '../generate/generate.ts';
import { nextTurn } from '../loop/next-turn.ts';
import { type Interruption, listenForInterruption } from '../terminal/interruption.ts';
import { integer, type OptionValues, parseOptions, real, text } from '../terminal/options.ts';
import { UserError } from '../terminal/user-error.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import { showHelp } from './help.ts';
import { openCheckpoint } from './open-checkpoint.ts';
import { type OpenModel, openModel } from './open-model.ts';
import { checkpointOption } from './train-options.ts';

const sampleOptions = {
  ...checkpointOption,
  prompt: text({ default: 'The ', placeholder: 'TEXT', help: 'the text to go on from' }),
  length: integer({ default: 400, min: 0, help: 'tokens to write' }),
  temperature: real({
    default: 0.7,
    min: 0,
    help: 'above 1 livelier, below 1 safer; 0 always takes the likeliest token',
  }),
  topK: integer({ default: 0, min: 0, help: 'only the likeliest so many; 0: all' }),
  topP: real({
    default: 1,
    min: 0,
    above: true,
    max: 1,
    help: 'only the likeliest that together have this probability',
  }),
  beams: integer({
    default: 0,
    min: 0,
    help: 'look for the likeliest text, following so many; 0: draw at random',
  }),
  seed: integer({ default: 1, help: 'another seed gives another text' }),
} as const;

type SampleValues = OptionValues<typeof sampleOptions>;

/** `tapeloop sample`: writes text with a trained model. Returns the exit code. */
export async function sampleCommand(args: readonly string[]): Promise<number> {
  const { values, help } = parseOptions(sampleOptions, args);
  if (help) {
    const purpose = 'Writes text with a trained model: of a folder, the one with the lowest loss.';
    return showHelp('sample --checkpoint FOLDER', purpose, sampleOptions);
  }
  const options = { prefer: 'best', warn: console.error } as const;
  const opened = await openModel(openCheckpoint(values.checkpoint, options));
  const prompt = promptIds(values.prompt, opened.tokenizer);
  using interruption = listenForInterruption();
  process.stdout.write(values.prompt);
  if (values.beams > 0) writeLikeliest(opened, prompt, values);
  else await writeAtRandom(opened, prompt, { ...values, interruption });
  process.stdout.write('\n');
  return 0;
}

async function writeAtRandom(
  { model, tokenizer }: OpenModel,
  prompt: Int32Array<ArrayBuffer>,
  options: SampleValues & { readonly interruption: Interruption },
): Promise<void> {
  const { length, temperature, topK, topP, seed, interruption } = options;
  const decoder = tokenizer.decodeStream();
  const ids = generate(model, {
    prompt,
    length,
    temperature,
    topP,
    ...(topK > 0 && { topK }),
    forbidden: tokenizer.unknownId,
    stream: new RandomStream(seed),
  });
  for (const id of ids) {
    process.stdout.write(decoder.push(id));
    // A closed output and signals are noticed between turns of the event loop.
    await nextTurn();
    if (interruption.signal.aborted) break;
  }
  process.stdout.write(decoder.end());
}

function writeLikeliest(
  { model, tokenizer }: OpenModel,
  prompt: Int32Array<ArrayBuffer>,
  { length, beams }: SampleValues,
): void {
  if (length === 0) return;
  const forbidden = tokenizer.unknownId;
  const [best] = beamSearch(model, { prompt, length, beams, forbidden });
  process.stdout.write(tokenizer.decode(best?.ids ?? []));
}

function promptIds(prompt: string, tokenizer: Tokenizer): Int32Array<ArrayBuffer> {
  const ids = tokenizer.encode(prompt);
  if (ids.length === 0) {
    throw new UserError(`--prompt must have at least one token, got '${prompt}'.`);
  }
  const strange = ids.filter((id) => id === tokenizer.unknownId).length;
  if (strange > 0) {
    console.error(
      `The model does not know ${strange} of the prompt's tokens; it reads a stand-in.`,
    );
  }
  return ids;
}
