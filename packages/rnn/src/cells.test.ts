// SPDX-License-Identifier: Apache-2.0
import { init, type Tensor } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, test } from 'vitest';
import { DropoutWrapper } from './dropout-wrapper.ts';
import { GRUCell } from './gru-cell.ts';
import { LSTMCell } from './lstm-cell.ts';
import type { LSTMState } from './lstm-state.ts';
import { SimpleRNNCell } from './simple-rnn-cell.ts';
import { StackedRNNCells } from './stacked-rnn-cells.ts';
import { type CellContract, cellContract } from './testing/index.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const own = ['kernel', 'recurrentKernel', 'bias'];
const stacked = ['cell0', 'cell1'].flatMap((cell) => own.map((name) => `${cell}/${name}`));
const one = { stateShapes: [[2, 4]], outputShape: [2, 4], paths: own };
const biased = { biasInitializer: 'normal' } as const;
const dropped = { inputKeepProb: 0.5, stateKeepProb: 0.7, outputKeepProb: 0.6 };
const variational = { variationalRecurrent: true, dtype: 'float32', inputSize: 3 } as const;

function checkContract<State>(contract: CellContract<State>): void {
  for (const { title, run } of cellContract(contract)) test(title, run);
}

describe('SimpleRNNCell', () => {
  checkContract<Tensor>({ create: () => new SimpleRNNCell(4, biased), ...one });
});

describe('SimpleRNNCell without a bias, with a relu', () => {
  const create = () => new SimpleRNNCell(4, { useBias: false, activation: 'softplus' });
  checkContract<Tensor>({ create, ...one, paths: own.slice(0, 2) });
});

describe('LSTMCell', () => {
  const stateShapes = [
    [2, 4],
    [2, 4],
  ];
  checkContract<LSTMState>({ create: () => new LSTMCell(4, biased), ...one, stateShapes });
});

describe('GRUCell with the reset gate after the product', () => {
  checkContract<Tensor>({ create: () => new GRUCell(4, biased), ...one });
});

describe('GRUCell with the reset gate before the product', () => {
  checkContract<Tensor>({ create: () => new GRUCell(4, { ...biased, resetAfter: false }), ...one });
});

describe('StackedRNNCells of different cells', () => {
  checkContract({
    create: () => new StackedRNNCells([new LSTMCell(4, biased), new GRUCell(2, biased)]),
    stateShapes: [
      [2, 4],
      [2, 4],
      [2, 2],
    ],
    outputShape: [2, 2],
    paths: stacked,
  });
});

describe('DropoutWrapper around a GRUCell', () => {
  const create = () => new DropoutWrapper(new GRUCell(4, biased), dropped);
  checkContract<Tensor>({ create, ...one, isRandom: true });
});

describe('DropoutWrapper around a stack, variational', () => {
  checkContract({
    create: () =>
      new DropoutWrapper(new StackedRNNCells([new LSTMCell(4), new LSTMCell(2)]), {
        ...dropped,
        ...variational,
      }),
    stateShapes: [
      [2, 4],
      [2, 4],
      [2, 2],
      [2, 2],
    ],
    outputShape: [2, 2],
    paths: stacked,
    isRandom: true,
  });
});
