// SPDX-License-Identifier: Apache-2.0
import { count, type Terminal } from '../terminal/terminal.ts';
import { tokenizerFromJson } from '../tokenizers/tokenizer-from-json.ts';
import type { TrainingPlan } from './train-rank.ts';

/** Says what is about to be trained, and on what. */
export function introduce(terminal: Terminal, { config, text, saved }: TrainingPlan): void {
  const { model, data, tokenizer } = config;
  const { training, validation } = text;
  terminal.line(
    `${data.name}: training on ${count(training.length)} tokens, validating on ` +
      `${count(validation.length)}; ${count(tokenizerFromJson(tokenizer).size)} different ones`,
  );
  terminal.line(
    `${model.layers} ${model.cell} layers of ${model.hidden}; batch ${model.batch}, window ` +
      `${model.window}; seed ${model.seed}`,
  );
  if (saved !== undefined) terminal.line(`Going on after step ${saved.counters.step}.`);
}
