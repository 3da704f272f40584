// SPDX-License-Identifier: Apache-2.0
import { languageModelLoss } from '../language-model/loss.ts';
import { validationBatches } from '../language-model/text-data.ts';
import { evaluate } from '../loop/evaluate.ts';
import { bits, perplexity } from '../loop/events.ts';
import { parseOptions, text } from '../terminal/options.ts';
import { count } from '../terminal/terminal.ts';
import { UserError } from '../terminal/user-error.ts';
import { readCorpus } from '../text/read-corpus.ts';
import { showHelp } from './help.ts';
import { openCheckpoint } from './open-checkpoint.ts';
import { openModel } from './open-model.ts';
import { checkpointOption } from './train-options.ts';

const evaluateOptions = {
  ...checkpointOption,
  data: text({
    default: '',
    placeholder: 'FILE',
    help: 'UTF-8 text to predict, all of it, token by token',
  }),
} as const;

/** `tapeloop evaluate`: how well a trained model predicts a text. Returns the exit code. */
export async function evaluateCommand(args: readonly string[]): Promise<number> {
  const { values, help } = parseOptions(evaluateOptions, args);
  if (help) {
    const purpose = 'Tells how well a trained model predicts a text: of a folder, the best one.';
    return showHelp('evaluate --checkpoint FOLDER --data FILE', purpose, evaluateOptions);
  }
  if (values.data === '') {
    throw new UserError('--data is missing. Name a UTF-8 text to predict: --data other.txt');
  }
  const corpus = readCorpus(values.data);
  const options = { prefer: 'best', warn: console.error } as const;
  const opened = openCheckpoint(values.checkpoint, options);
  const { model, config, tokenizer } = await openModel(opened);
  const ids = tokenizer.encode(corpus.text);
  if (ids.length < 2) {
    throw new UserError(`--data: ${corpus.name} must have at least two tokens, got ${ids.length}.`);
  }
  const { loss } = evaluate(validationBatches(ids, config.model), languageModelLoss(model));
  console.log(`${opened.path} on ${corpus.name}, ${count(ids.length)} tokens:`);
  console.log(`loss        ${loss} nats a token`);
  console.log(`bits        ${bits(loss)} a token`);
  console.log(`perplexity  ${perplexity(loss)}`);
  return 0;
}
