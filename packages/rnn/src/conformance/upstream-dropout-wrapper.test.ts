// SPDX-License-Identifier: Apache-2.0
// Tests of TensorFlow and Keras on the dropout wrappers, by their meaning and under their names;
// docs/dropout-conformance.md has the whole list, with those that are elsewhere or do not apply.
import {
  fill,
  init,
  normal,
  ones,
  RandomStream,
  scalar,
  setSeed,
  type Tensor,
  tensor,
} from '@tapeloop/core';
import { closeTo, trackLeaks } from '@tapeloop/core/testing';
import { fromConfig, initializers, toConfig } from '@tapeloop/layers';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DropoutWrapper } from '../dropout-wrapper.ts';
import type { DropoutWrapperOptions } from '../dropout-wrapper-options.ts';
import { GRUCell } from '../gru-cell.ts';
import { LSTMCell } from '../lstm-cell.ts';
import { LSTMState } from '../lstm-state.ts';
import { RNN } from '../rnn.ts';
import { RNNCell } from '../rnn-cell.ts';
import { RNNCellDropoutWrapper } from '../rnn-cell-dropout-wrapper.ts';
import { SimpleRNNCell } from '../simple-rnn-cell.ts';
import { StackedRNNCells } from '../stacked-rnn-cells.ts';
import { registerStateFilter } from '../state-filter-names.ts';
import { EchoCell } from '../testing/index.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

type Lstm = RNNCell<LSTMState>;
const half = initializers.constant({ value: 0.5 });
const fixtureCell = () => new LSTMCell(3, { kernelInitializer: half, recurrentInitializer: half });
const pairOf = (batch: number) =>
  new LSTMState({ c: fill([batch, 3], 0.1), h: fill([batch, 3], 0.1) });

/** The fixture of the tests: two steps of one row, or the inputs that are given, time-major. */
function run(wrapper: Lstm, inputs: Tensor = tensor([2, 2, 2, 1, 1, 1], [2, 1, 3])) {
  const options = { timeMajor: true, returnSequences: true, returnState: true } as const;
  using rnn = new RNN(wrapper, options);
  const initialState = pairOf(inputs.shape[1] ?? 1);
  const { output, state } = rnn.call(inputs, { training: true, initialState });
  return { output, c: state.c, h: state.h };
}

/** The other fixture: 7 steps of 5 rows of normal inputs. */
const normalInputs = () => normal([7, 5, 3], { stream: new RandomStream(23487) });
const bitsOf = (result: ReturnType<typeof run>) =>
  [result.output, result.c, result.h].map((each) => [...each.data()]);
const isKept = (value: number) => Math.abs(value) > 1e-6;
const masksOf = (x: Tensor) =>
  (x.toArray() as number[][][]).map((step) => step.map((row) => row.map(isKept)));
const repeated = (...values: number[]) => values.flatMap((value) => [value, value, value]);
const variational = { variationalRecurrent: true, dtype: 'float32', inputSize: 3 } as const;
const TINY = 1e-6;

interface WrapperClass {
  new <State, Input, Output>(
    cell: RNNCell<State, Input, Output>,
    options?: DropoutWrapperOptions,
  ): DropoutWrapper<State, Input, Output> | RNNCellDropoutWrapper<State, Input, Output>;
}
const wrappers: readonly [string, WrapperClass][] = [
  ['DropoutWrapper', DropoutWrapper],
  ['RNNCellDropoutWrapper', RNNCellDropoutWrapper],
];

describe.each(wrappers)('rnn_cell_test.py, DropoutWrapperTest: %s', (_, Wrapper) => {
  test('testDropoutWrapperProperties, testWrappedCellProperty', () => {
    const cell = new SimpleRNNCell(10);
    const wrapper = new Wrapper(cell);
    expect(wrapper.wrappedCell).toBe(cell);
    expect([wrapper.stateSize, wrapper.outputSize]).toEqual([10, 10]);
  });

  test('testDropoutWrapperZeroState', () => {
    class Marked extends EchoCell<string, Tensor> {
      override zeroState(): string {
        return 'wrapped_cell_zero_state';
      }
    }
    const wrapper = new Wrapper(new Marked({ stateSize: 10, outputSize: 10 }));
    expect(wrapper.zeroState(10, 'float32')).toBe('wrapped_cell_zero_state');
  });

  test.each([
    ['testDropoutWrapperKeepAllConstantInput', () => scalar(1)],
    ['testDropoutWrapperKeepAll', () => () => 1],
  ])('%s', (_, one) => {
    const all = { inputKeepProb: one(), outputKeepProb: one(), stateKeepProb: one() };
    const { output, c, h } = run(new Wrapper(fixtureCell(), all));
    closeTo(output, repeated(0.751109, 0.895509), { absolute: 1e-6 });
    closeTo(h, repeated(0.895509), { absolute: 1e-6 });
    closeTo(c, repeated(1.949385), { absolute: 1e-6 });
  });

  test('testDropoutWrapperWithSeed', () => {
    const p = 0.5;
    const build = () => {
      setSeed(2);
      const options = { inputKeepProb: p, outputKeepProb: p, stateKeepProb: p, seed: 10 };
      return bitsOf(run(new Wrapper(fixtureCell(), options)));
    };
    expect(build()).toEqual(build());
  });

  test('testDropoutWrapperKeepNoOutput', () => {
    const { output, c, h } = run(new Wrapper(fixtureCell(), { outputKeepProb: TINY }));
    expect(output.data()).toEqual(new Float32Array(6));
    closeTo(h, repeated(0.895509), { absolute: 1e-6 });
    closeTo(c, repeated(1.949385), { absolute: 1e-6 });
  });

  test('testDropoutWrapperKeepNoStateExceptLSTMCellMemory', () => {
    const { output, c, h } = run(new Wrapper(fixtureCell(), { stateKeepProb: TINY }));
    closeTo([...output.data()].slice(0, 3), repeated(0.751109), { absolute: 1e-6 });
    for (const value of [...output.data()].slice(3)) {
      expect(Math.abs(value - 0.895509)).toBeGreaterThan(1e-4);
    }
    expect(h.data()).toEqual(new Float32Array(3));
    closeTo(c, repeated(1.713925), { absolute: 1e-6 });
  });

  test('testDropoutWrapperKeepNoInput', () => {
    const [full, none] = [{}, { inputKeepProb: TINY }].map((options) =>
      bitsOf(run(new Wrapper(fixtureCell(), options))),
    );
    none?.forEach((values, i) => {
      values.forEach((value, j) => {
        expect(Math.abs(value - (full?.[i]?.[j] ?? 0))).toBeGreaterThan(1e-4);
      });
    });
  });

  test('testDropoutWrapperRecurrentOutput', () => {
    const wrapper = new Wrapper(fixtureCell(), {
      ...variational,
      outputKeepProb: 0.8,
      inputKeepProb: () => 1,
      stateKeepProb: () => 1,
      seed: 1,
    });
    const steps = masksOf(run(wrapper, normalInputs()).output);
    for (const step of steps) expect(step).toEqual(steps[0]);
  });

  const all = { ...variational, inputKeepProb: 0.9, stateKeepProb: 0.9, outputKeepProb: 0.9 };

  test('testDropoutWrapperRecurrentStateInputAndOutput', () => {
    const { output, c, h } = run(new Wrapper(fixtureCell(), all), normalInputs());
    const steps = masksOf(output);
    for (const step of steps) for (const row of step) expect(row).toEqual(steps[0]?.[0]);
    for (const state of [c, h]) {
      const rows = (state.toArray() as number[][]).map((row) => row.map(isKept));
      for (const row of rows) expect(row).toEqual(rows[0]);
    }
  });

  test('testDropoutWrapperRecurrentStateInputAndOutputWithSeed', () => {
    const build = () => {
      setSeed(2347);
      const wrapper = new Wrapper(fixtureCell(), { ...all, seed: -234987 });
      return bitsOf(run(wrapper, normalInputs()));
    };
    expect(build()).toEqual(build());
  });

  test('RNNTest.testDropout', () => {
    class PlusOne extends RNNCell<Tensor> {
      readonly stateSize = 5;
      readonly outputSize = 5;
      protected override step(inputs: Tensor, state: Tensor) {
        return { output: inputs.add(1), state: state.add(1) };
      }
    }
    const cell = new PlusOne();
    const wrapper = new Wrapper(cell, { inputKeepProb: 1e-6, seed: 0 });
    expect(wrapper.wrappedCell).toBe(cell);
    const x = fill([2, 8, 5], 3);
    const outputs = (each: RNNCell<Tensor>) =>
      new RNN(each, { returnSequences: true }).call(x, { training: true });
    expect(outputs(cell).data()).toEqual(fill([2, 8, 5], 4).data());
    const dropped = outputs(wrapper);
    expect([dropped.shape, dropped.dtype]).toEqual([[2, 8, 5], 'float32']);
    expect(dropped.data()).toEqual(ones([2, 8, 5]).data());
  });

  test('RNNCellTest.testWrapperCheckpointing', () => {
    using cell = new SimpleRNNCell(1);
    const wrapper = new Wrapper(cell);
    wrapper.build([1, 1]);
    const bias = cell.parameter('bias');
    bias.assign(fill([1], 40));
    const saved = wrapper.stateDict();
    bias.assign(fill([1], 0));
    wrapper.loadStateDict(saved);
    expect(bias.value.item()).toBe(40);
  });

  test('testDropoutWrapperSerialization', () => {
    const name = (of: string) => `${Wrapper.name} ${of}`;
    const [everything, nothing] = [() => true, () => false];
    registerStateFilter(name('everything'), everything);
    registerStateFilter(name('nothing'), nothing);
    for (const visitor of [undefined, everything, nothing]) {
      const options = visitor && { dropoutStateFilterVisitor: visitor };
      const wrapper = new Wrapper(new GRUCell(10), options);
      const config = toConfig(wrapper);
      const restored = fromConfig(config);
      expect(restored).toBeInstanceOf(Wrapper);
      expect(toConfig(restored)).toEqual(config);
    }
  });
});

describe('rnn_cell_wrapper_v2_test.py', () => {
  test('testWrapperWeights', () => {
    using cell = new SimpleRNNCell(1);
    using rnn = new RNN(new RNNCellDropoutWrapper(cell));
    rnn.call(ones([1, 1, 1]));
    expect(rnn.parameters()).toHaveLength(3);
    expect(rnn.parameters().every(({ trainable }) => trainable)).toBe(true);
    expect(rnn.parameters()).toEqual(cell.parameters());
  });

  test('testWrapperV2VariableNames', () => {
    const names = (wrap: boolean) => {
      const stack = new StackedRNNCells([new SimpleRNNCell(1), new SimpleRNNCell(1)]);
      using rnn = new RNN<unknown>(wrap ? new RNNCellDropoutWrapper(stack) : stack, {
        name: 'rnn',
      });
      rnn.build([1, 1, 1]);
      return rnn.namedParameters().map(([path, { name }]) => [path, name]);
    };
    expect(names(true)).toEqual(names(false));
  });

  test('testWrapperV2Caller, testWrapperV2Build', () => {
    using cell = new StackedRNNCells([new SimpleRNNCell(1), new SimpleRNNCell(1)]);
    const wrapper = new RNNCellDropoutWrapper(cell);
    wrapper.build([1, 1]);
    expect([wrapper.isBuilt, cell.isBuilt]).toEqual([true, true]);
    wrapper.call(ones([1, 1]), [ones([1, 1]), ones([1, 1])]);
    expect(cell.parameters()).toHaveLength(6);
  });

  test('testDropoutWrapperWithKerasLSTMCell: taken, and c is spared', () => {
    const wrapper = new RNNCellDropoutWrapper(new LSTMCell(3), { stateKeepProb: TINY });
    using rnn = new RNN(wrapper, { returnState: true });
    const { state } = rnn.call(ones([1, 2, 3]), { training: true });
    expect(state.h.data()).toEqual(new Float32Array(3));
    expect(state.c.data()).not.toContain(0);
  });
});
