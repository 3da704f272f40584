// SPDX-License-Identifier: Apache-2.0
import { fill, init, ones, tensor } from '@tapeloop/core';
import { closeTo, trackLeaks } from '@tapeloop/core/testing';
import { initializers } from '@tapeloop/layers';
import { afterEach, beforeAll, beforeEach, describe, test } from 'vitest';
import { DropoutWrapper } from './dropout-wrapper.ts';
import type { DropoutWrapperOptions } from './dropout-wrapper-options.ts';
import { LSTMCell } from './lstm-cell.ts';
import { LSTMState } from './lstm-state.ts';
import { RNN } from './rnn.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

/**
 * The fixture of TensorFlow's DropoutWrapper tests (python/kernel_tests/rnn_cell_test.py): an LSTM of
 * three units, kernels of 0.5, forget bias 1, inputs of twos and then ones, c and h of 0.1. The values
 * where something is dropped, and more digits, come from the equations in double precision; TensorFlow
 * asserts .751109, .895509, 1.949385 and 1.713925.
 */
const half = initializers.constant({ value: 0.5 });
const cell = () => new LSTMCell(3, { kernelInitializer: half, recurrentInitializer: half });

interface Row {
  readonly title: string;
  readonly options: DropoutWrapperOptions;
  readonly outputs: readonly [number, number];
  readonly c: number;
  readonly h: number;
}

const everything = () => true;
const onlyC = (part: unknown) =>
  part instanceof LSTMState ? new LSTMState({ c: true, h: false }) : true;
const rows: readonly Row[] = [
  { title: 'nothing', options: {}, outputs: [0.7511088, 0.8955089], c: 1.9493849, h: 0.8955089 },
  {
    title: 'h, by the default visitor',
    options: { stateKeepProb: 0 },
    outputs: [0.7511088, 0.7661714],
    c: 1.7139251,
    h: 0,
  },
  {
    title: 'c and h',
    options: { stateKeepProb: 0, dropoutStateFilterVisitor: everything },
    outputs: [0.7511088, 0.5143859],
    c: 0,
    h: 0,
  },
  {
    title: 'c only',
    options: { stateKeepProb: 0, dropoutStateFilterVisitor: onlyC },
    outputs: [0.7511088, 0.6781979],
    c: 0,
    h: 0.6781979,
  },
  {
    title: 'inputs',
    options: { inputKeepProb: 0 },
    outputs: [0.0831479, 0.096455],
    c: 0.1836367,
    h: 0.096455,
  },
  {
    title: 'inputs and h',
    options: { inputKeepProb: 0, stateKeepProb: 0 },
    outputs: [0.0831479, 0.0567645],
    c: 0.1140205,
    h: 0,
  },
  {
    title: 'outputs only',
    options: { outputKeepProb: 0 },
    outputs: [0, 0],
    c: 1.9493849,
    h: 0.8955089,
  },
];
const variational = { variationalRecurrent: true, dtype: 'float32', inputSize: 3 } as const;

describe.each([
  ['a mask each step', {}],
  ['a mask each run', variational],
])('LSTM of 3 units with %s', (_, mode) => {
  test.each(rows)(
    'dropping $title gives the golden values within 1e-6',
    ({ options, ...golden }) => {
      const wrapper = new DropoutWrapper(cell(), { ...mode, ...options });
      using rnn = new RNN(wrapper, { returnSequences: true, returnState: true, timeMajor: true });
      const inputs = tensor([2, 2, 2, 1, 1, 1], [2, 1, 3]);
      const initialState = new LSTMState({ c: fill([1, 3], 0.1), h: fill([1, 3], 0.1) });
      const { output, state } = rnn.call(inputs, { training: true, initialState });
      const [first, second] = golden.outputs;
      const tolerance = { relative: 0, absolute: 1e-6 };
      closeTo(output, [first, first, first, second, second, second], tolerance);
      closeTo(state.c, [golden.c, golden.c, golden.c], tolerance);
      closeTo(state.h, [golden.h, golden.h, golden.h], tolerance);
    },
  );
});

test('keep probabilities as scalars of 1 keep everything', () => {
  const one = ones([]);
  const all = { inputKeepProb: one, outputKeepProb: one, stateKeepProb: one };
  using rnn = new RNN(new DropoutWrapper(cell(), all), { returnSequences: true, timeMajor: true });
  const inputs = tensor([2, 2, 2, 1, 1, 1], [2, 1, 3]);
  const initialState = new LSTMState({ c: fill([1, 3], 0.1), h: fill([1, 3], 0.1) });
  const output = rnn.call(inputs, { training: true, initialState });
  closeTo(output, [0.751109, 0.751109, 0.751109, 0.895509, 0.895509, 0.895509]);
});
