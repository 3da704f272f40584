// SPDX-License-Identifier: Apache-2.0
import { count, type Terminal } from '../terminal/terminal.ts';
import type { TrainingPlan } from './train-rank.ts';

/** Says what is about to be trained, and on what. */
export function introduce(terminal: Terminal, plan: TrainingPlan): void {
  const { model, data } = plan.config;
  const { training, validation } = plan.text;
  terminal.line(
    `${data.name}: training on ${count(training.length)} tokens, validating on ` +
      `${count(validation.length)}; ${count(plan.vocabularySize)} different ones`,
  );
  terminal.line(
    `${model.layers} ${model.cell} layers of ${model.hidden}; batch ${model.batch}, window ` +
      `${model.window}; seed ${model.seed}`,
  );
  if (plan.saved !== undefined) terminal.line(`Going on after step ${plan.saved.counters.step}.`);
}
