// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import {
  add,
  fill,
  GradientTape,
  init,
  mul,
  stack,
  sum,
  type Tensor,
  tensorsIn,
} from '@tapeloop/core';
import { closeTo, trackLeaks } from '@tapeloop/core/testing';
import { recipe } from '@tapeloop/layers/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DropoutWrapper } from '../dropout-wrapper.ts';
import type { DropoutWrapperOptions } from '../dropout-wrapper-options.ts';
import { LSTMState } from '../lstm-state.ts';
import { RNN } from '../rnn.ts';
import type { CellResult, RNNCell } from '../rnn-cell.ts';
import { RNNCellDropoutWrapper } from '../rnn-cell-dropout-wrapper.ts';
import { withRun } from '../run.ts';
import { type DropoutCase, wrappedCell } from './dropout-case-testing.ts';

const file = new URL('../../../../conformance/tensorflow/dropout-wrapper.json', import.meta.url);
const { cases }: { readonly cases: readonly DropoutCase[] } = JSON.parse(
  readFileSync(file, 'utf8'),
);

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

type Cell = RNNCell<unknown>;
type Wrap = (cell: Cell, options: DropoutWrapperOptions) => Cell;

const wrappers: readonly [string, Wrap][] = [
  ['DropoutWrapper', (cell, options) => new DropoutWrapper(cell, options)],
  ['RNNCellDropoutWrapper', (cell, options) => new RNNCellDropoutWrapper(cell, options)],
];

/** Ways through the steps of `[time, batch, features]`: all must give the same. */
const ways: readonly [
  string,
  (cell: Cell, inputs: Tensor, state: unknown) => CellResult<unknown>,
][] = [
  [
    'step by step by hand',
    (cell, inputs, initial) =>
      withRun(() => {
        let state = initial;
        const outputs = inputs.unstack(0).map((input) => {
          const next = cell.call(input, state);
          state = next.state;
          return next.output;
        });
        return { output: stack(outputs, 0), state };
      }),
  ],
  ['in RNN, step by step', (cell, inputs, state) => inRNN(cell, inputs, state, true)],
  ['in RNN', (cell, inputs, state) => inRNN(cell, inputs, state, false)],
];

function inRNN(cell: Cell, inputs: Tensor, initialState: unknown, unroll: boolean) {
  const options = { timeMajor: true, returnSequences: true, returnState: true, unroll } as const;
  return new RNN(cell, options).call(inputs, { initialState, training: true });
}

/** The initial state of the script: c before h. */
function initialState(each: DropoutCase): unknown {
  let k = 0;
  const leaf = (units: number) =>
    each.name.startsWith('fixture')
      ? fill([each.batch, units], 0.1)
      : recipe([each.batch, units], 0.5, 20 + k++);
  const states = each.cells.map(({ kind, units }) =>
    kind === 'lstm' ? new LSTMState({ c: leaf(units), h: leaf(units) }) : leaf(units),
  );
  return each.is_stack ? states : states[0];
}

function inputsOf(each: DropoutCase): Tensor {
  if (!each.name.startsWith('fixture')) {
    return recipe([each.steps, each.batch, each.features], 1, 7);
  }
  return stack([fill([1, 3], 2), fill([1, 3], 1)], 0);
}

describe.each(wrappers)('%s', (_, wrap) => {
  describe.each(ways)('%s', (_, run) => {
    test.each(cases)('$name: values within 2e-6, gradients within 5e-6', (each) => {
      using cell = wrappedCell(each, wrap);
      const [inputs, state] = [inputsOf(each), initialState(each)];
      const leaves = tensorsIn(state);
      using tape = new GradientTape();
      for (const tensor of [inputs, ...leaves]) tape.watch(tensor);
      const { results, loss } = tape.record(() => {
        const { output, state: last } = run(cell, inputs, state);
        const all = [output, ...tensorsIn(last)];
        const terms = all.map((each, k) => sum(mul(recipe(each.shape, 1, 40 + k), each)));
        return { results: all, loss: terms.reduce((a, b) => add(a, b)) };
      });
      const [output, ...last] = results;
      const values = { relative: 2e-6, absolute: 2e-6 };
      closeTo(output ?? inputs, each.outputs, values);
      expect(last).toHaveLength(each.state.length);
      last.forEach((leaf, i) => {
        closeTo(leaf, each.state[i] ?? [], values);
      });
      const parameters = cell.parameters().map(({ value }) => value);
      const gradients = tape.gradient(loss, [inputs, ...leaves, ...parameters]);
      const { cells, state: ofState, inputs: ofInputs } = each.gradients;
      const ofCells = cells.flatMap((own) => [own.kernel, own.recurrent_kernel, own.bias]);
      [ofInputs, ...ofState, ...ofCells].forEach((expected, i) => {
        closeTo(gradients[i] ?? inputs, expected, { relative: 5e-6, absolute: 5e-6 });
      });
    });
  });
});
