// SPDX-License-Identifier: Apache-2.0
// Milliseconds of a training step with each kind of cell, in turns, step by step: neighbours in time see the same
// machine. Arguments: build, hidden, batch, time, rounds. Prints JSON.

import { init } from '@tapeloop/core';
import { DropoutWrapper, LSTMCell } from '@tapeloop/rnn';
import { buildOptions } from '../training-step/build-options.ts';
import { type CellOf, LanguageModelTrainer } from '../training-step/language-model.ts';
import { workload } from '../training-step/workload.ts';
import { UserCell } from './user-cell.ts';

const [build = 'relaxed', ...sizes] = process.argv.slice(2);
const [hidden = 0, batch = 0, time = 0, rounds = 0] = sizes.map(Number);
const warmUp = 3;
await init(buildOptions(build));

const keep = 0.9;
const cells: Record<'bare' | 'variational' | 'user', CellOf> = {
  bare: () => new LSTMCell(hidden),
  variational: () =>
    new DropoutWrapper(new LSTMCell(hidden), {
      ...{ inputKeepProb: keep, stateKeepProb: keep, outputKeepProb: keep },
      ...{ variationalRecurrent: true, inputSize: hidden, dtype: 'float32' },
    }),
  user: () => new UserCell(hidden),
};
const sized = workload(hidden, batch, time);
const subjects = Object.entries(cells).map(([name, cellOf]): Subject => {
  return { name, trainer: new LanguageModelTrainer(sized, cellOf), losses: [], times: [] };
});
for (let round = -warmUp; round < rounds; round++) {
  for (const { trainer, losses, times } of round % 2 === 0 ? subjects : subjects.toReversed()) {
    const start = performance.now();
    const loss = trainer.step();
    if (round >= 0) times.push(performance.now() - start);
    else losses.push(loss);
  }
}
const result = subjects.map(({ name, losses, times }) => [name, { losses, milliseconds: times }]);
console.log(JSON.stringify(Object.fromEntries(result)));

interface Subject {
  readonly name: string;
  readonly trainer: LanguageModelTrainer;
  /** Of the steps before the clock starts. */
  readonly losses: number[];
  readonly times: number[];
}
