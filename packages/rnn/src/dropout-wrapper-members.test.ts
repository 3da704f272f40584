// SPDX-License-Identifier: Apache-2.0
import { fill, init, ones, ShapeError, type Tensor } from '@tapeloop/core';
import { cosines, trackLeaks } from '@tapeloop/core/testing';
import { toConfig } from '@tapeloop/layers';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { DropoutWrapper } from './dropout-wrapper.ts';
import type { DropoutWrapperOptions } from './dropout-wrapper-options.ts';
import { GRUCell } from './gru-cell.ts';
import { LSTMCell } from './lstm-cell.ts';
import type { LSTMState } from './lstm-state.ts';
import { resetDropoutMasks } from './reset-dropout-masks.ts';
import { RNN } from './rnn.ts';
import type { RNNCell } from './rnn-cell.ts';
import { RNNCellDropoutWrapper } from './rnn-cell-dropout-wrapper.ts';
import { withRun } from './run.ts';
import { StackedRNNCells } from './stacked-rnn-cells.ts';
import { EchoCell } from './testing/index.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

test('a clone has its streams at their start, and shares the cell only when asked (models#1399)', () => {
  for (const Wrapper of [DropoutWrapper, RNNCellDropoutWrapper]) {
    using cell = new GRUCell(4);
    const wrapper = new Wrapper(cell, { outputKeepProb: 0.5, seed: 3 });
    const draw = (each: typeof wrapper) => [...each.call(ones([2, 3]), ones([2, 4])).output.data()];
    const first = draw(wrapper);
    const shared = wrapper.clone({ shareCell: true });
    expect([shared.wrappedCell, draw(shared)]).toEqual([cell, first]);
    using copy = wrapper.clone();
    expect(copy.wrappedCell).not.toBe(cell);
    expect(toConfig(copy)).toEqual(toConfig(wrapper));
  }
});

test('a wrapper of version 1 has a scope name once called, and the losses of its cell', () => {
  const wrapper = new DropoutWrapper(new EchoCell<Tensor, Tensor>({ stateSize: 1, outputSize: 1 }));
  expect([wrapper.getLossesFor(), wrapper.getUpdatesFor()]).toEqual([[], []]);
  const { output } = wrapper.apply(ones([1, 1]), ones([1, 1]), { training: false });
  expect([output.item(), wrapper.scopeName]).toEqual([1, 'dropout_wrapper']);
  class Penalised extends EchoCell<Tensor, Tensor> {
    getLossesFor(inputs?: unknown) {
      return ['loss', inputs];
    }
  }
  const outer = new DropoutWrapper(new Penalised({ stateSize: 1, outputSize: 1 }));
  expect(outer.getLossesFor('x')).toEqual(['loss', 'x']);
});

test('a visitor of a config is looked up in custom objects first', () => {
  const visitor = () => false;
  const config = () => ({
    cell: new GRUCell(3),
    stateKeepProb: 0,
    dropoutFn: 'mine',
    dropoutFnType: 'function',
  });
  for (const Wrapper of [DropoutWrapper, RNNCellDropoutWrapper]) {
    using wrapper = Wrapper.fromConfig(config(), { mine: visitor });
    const { state } = wrapper.call(ones([1, 2]), ones([1, 3]));
    expect((state as Tensor).data()).not.toContain(0);
    expect(() => Wrapper.fromConfig(config())).toThrow('dropoutFn must be one of');
  }
});

test('resetDropoutMasks reaches wrappers inside wrappers and stacks (addons#536)', () => {
  const options = { variationalRecurrent: true, dtype: 'float32', outputKeepProb: 0.5 } as const;
  const echo = () => new EchoCell<Tensor, Tensor>({ stateSize: 30, outputSize: 30 });
  const inner = new DropoutWrapper(echo(), options);
  const stack = new StackedRNNCells<readonly Tensor[]>([new RNNCellDropoutWrapper(inner), echo()]);
  using outer = new DropoutWrapper(stack);
  const [x, state] = [ones([1, 30]), [ones([1, 30]), ones([1, 30])]];
  const draw = () => [...outer.call(x, state).output.data()];
  const first = draw();
  expect(draw()).toEqual(first);
  resetDropoutMasks(outer);
  expect(draw()).not.toEqual(first);
});

const ones3 = { inputKeepProb: 1, stateKeepProb: 1, outputKeepProb: 1, inputSize: 3 } as const;
const variational = { variationalRecurrent: true, dtype: 'float32' } as const;

test.each([
  ['a mask each step', {}],
  ['a mask each run', variational],
])(
  'probabilities of 1 give the bits of the bare cell in training, and draw nothing (%s)',
  (_, mode) => {
    using cell = new LSTMCell(4);
    const x = cosines([2, 5, 3]);
    for (const Wrapper of [DropoutWrapper, RNNCellDropoutWrapper]) {
      for (const unroll of [true, false]) {
        const wrapper = new Wrapper(cell, { ...ones3, ...mode, seed: 1 });
        const run = (each: RNN<LSTMState>) => each.call(x, { training: true }).data();
        expect(run(new RNN(wrapper, { unroll }))).toEqual(run(new RNN(cell, { unroll })));
        expect(wrapper.randomState().size).toBe(0);
      }
    }
  },
);

test('a variational mask serves a batch of another size within its run', () => {
  const cell = new EchoCell<Tensor, Tensor>({ stateSize: 20, outputSize: 20 });
  const wrapper = new DropoutWrapper(cell, { ...variational, outputKeepProb: 0.5, seed: 1 });
  const rows = withRun(() =>
    [2, 5].flatMap((batch) => {
      const { output } = wrapper.call(ones([batch, 20]), ones([batch, 20]));
      return output.toArray() as number[][];
    }),
  );
  expect(rows).toHaveLength(7);
  for (const row of rows) expect(row).toEqual(rows[0]);
});

test('a mask never widens what it drops: one feature with a size of 3, and a state of another size', () => {
  const wrap = (options: DropoutWrapperOptions) =>
    new DropoutWrapper(new EchoCell<Tensor, Tensor>({ stateSize: 3, outputSize: 3 }), {
      ...variational,
      ...options,
    });
  using inputs = wrap({ inputKeepProb: 0.5, inputSize: 3 });
  expect(() => inputs.call(ones([2, 1]), ones([2, 3]))).toThrow(ShapeError);
  using state = wrap({ stateKeepProb: 0.5 });
  expect(() => state.call(ones([2, 3]), ones([2, 1]))).toThrow(
    'state must have the size [batch,3]',
  );
  using output = wrap({ outputKeepProb: 0.5 });
  expect(() => output.call(ones([2, 1]), ones([2, 3]))).toThrow('output must have the size');
});

test('a probability is used as the float32 next to it, and kept in the config as it was given', () => {
  const wrapper = new DropoutWrapper(new GRUCell(3), { outputKeepProb: 0.9 });
  expect(wrapper.getConfig()['outputKeepProb']).toBe(0.9);
  const echo = new EchoCell<Tensor, Tensor>({ stateSize: 40, outputSize: 40 });
  const drop = (outputKeepProb: number) => {
    const { output } = new DropoutWrapper(echo, { outputKeepProb }).call(
      ones([1, 40]),
      ones([1, 40]),
    );
    return new Set(output.data());
  };
  // 1 − 1e-9 is 1 in float32, and 1e-30 leaves a rate of 1: all is kept, or nothing.
  expect(drop(1 - 1e-9)).toEqual(new Set([1]));
  expect(drop(1e-30)).toEqual(new Set([0]));
  expect(drop(0.9)).toContain(Math.fround(1 / (1 - (1 - Math.fround(0.9)))));
});

test('a cell is what has the members of one, whatever its class', () => {
  const duck = {
    stateSize: 3,
    outputSize: 3,
    getInitialState: ({ batchSize = 0 }) => ones([batchSize, 3]),
    call: (inputs: Tensor, state: Tensor) => ({ output: inputs.add(state), state }),
    build: () => undefined,
    isBuilt: true,
  };
  const cell = duck as unknown as RNNCell<Tensor>;
  for (const Wrapper of [DropoutWrapper, RNNCellDropoutWrapper]) {
    const wrapper = new Wrapper(cell, { inputKeepProb: 1e-12 });
    expect(wrapper.zeroState(2).data()).toEqual(ones([2, 3]).data());
    const { output } = wrapper.call(ones([2, 3]), wrapper.zeroState(2));
    expect(output.data()).toEqual(ones([2, 3]).data());
    expect([...wrapper.randomState().keys()]).toEqual(['input_0']);
    const rnn = new RNN(wrapper);
    expect(rnn.call(ones([2, 4, 3])).data()).toEqual(fill([2, 3], 2).data());
  }
});
