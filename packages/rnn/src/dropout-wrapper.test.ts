// SPDX-License-Identifier: Apache-2.0
import {
  DTypeError,
  GradientTape,
  init,
  mul,
  ones,
  ShapeError,
  type Tensor,
  tensor,
  tidy,
  ValueError,
} from '@tapeloop/core';
import { cosines, expectNoLeaks, trackLeaks } from '@tapeloop/core/testing';
import { fromConfig, toConfig, withTraining } from '@tapeloop/layers';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DropoutWrapper } from './dropout-wrapper.ts';
import type { DropoutWrapperOptions } from './dropout-wrapper-options.ts';
import { GRUCell } from './gru-cell.ts';
import { LSTMCell } from './lstm-cell.ts';
import { RNN } from './rnn.ts';
import { RNNCell } from './rnn-cell.ts';
import { StackedRNNCells } from './stacked-rnn-cells.ts';
import { registerStateFilter } from './state-filter-names.ts';
import { EchoCell } from './testing/index.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const variational = { variationalRecurrent: true, dtype: 'float32', inputSize: 3 } as const;
const dropped = { inputKeepProb: 0.5, stateKeepProb: 0.5, outputKeepProb: 0.5, seed: 3 };
const echo = () => new EchoCell<Tensor, Tensor>({ stateSize: 3, outputSize: 3 });

describe('the training flag', () => {
  const run = (wrapper: DropoutWrapper<Tensor, Tensor, Tensor>) => {
    const { output } = wrapper.call(ones([20, 3]), ones([20, 3]));
    return output.data().includes(0);
  };

  test('is not needed by hand: it drops, as upstream', () => {
    expect(run(new DropoutWrapper(echo(), dropped))).toBe(true);
  });

  test('of an enclosing call decides', () => {
    const wrapper = new DropoutWrapper(echo(), dropped);
    expect(withTraining(false, () => run(wrapper))).toBe(false);
    expect(withTraining(true, () => run(wrapper))).toBe(true);
  });

  test('reaches wrappers inside stacks inside RNN, and is false there by default', () => {
    const wrapper = new DropoutWrapper(echo(), dropped);
    const rnn = new RNN(new StackedRNNCells([echo(), wrapper]));
    const x = ones([20, 2, 3]);
    expect(rnn.call(x).data().includes(0)).toBe(false);
    expect(rnn.call(x, { training: true }).data().includes(0)).toBe(true);
    expect(withTraining(true, () => rnn.call(x).data().includes(0))).toBe(true);
    expect(withTraining(true, () => rnn.call(x, { training: 0 }).data().includes(0))).toBe(false);
  });

  test.each([{}, variational])('of false gives the bits of the bare cell (%j)', (mode) => {
    using cell = new LSTMCell(4);
    const wrapped = new RNN(new DropoutWrapper(cell, { ...dropped, ...mode }), {
      returnState: true,
    });
    const bare = new RNN(cell, { returnState: true });
    const x = cosines([2, 5, 3]);
    wrapped.call(x, { training: true });
    const [got, expected] = [wrapped.call(x, { training: false }), bare.call(x)];
    expect(got.output.data()).toEqual(expected.output.data());
    expect(got.state.c.data()).toEqual(expected.state.c.data());
    expect(got.state.h.data()).toEqual(expected.state.h.data());
  });
});

test('output and state are dropped apart, though they are one tensor in a GRU', () => {
  using wrapper = new DropoutWrapper(new GRUCell(64), {
    stateKeepProb: 0.5,
    outputKeepProb: 0.5,
    seed: 1,
  });
  const { output, state } = wrapper.call(cosines([1, 3]), ones([1, 64]));
  const isDropped = (x: Tensor) => [...x.data()].map((value) => value === 0);
  expect(isDropped(output)).not.toEqual(isDropped(state));
});

test('a sequence in RNN has one variational mask, the next call another, and nothing is left', () => {
  using wrapper = new DropoutWrapper(
    new EchoCell<Tensor, Tensor>({ stateSize: 40, outputSize: 40 }),
    {
      ...variational,
      outputKeepProb: 0.5,
    },
  );
  const rnn = new RNN(wrapper, { returnSequences: true });
  const run = () =>
    expectNoLeaks(() => tidy(() => rnn.call(ones([1, 4, 40]), { training: true }).toArray()));
  const [[first = []] = [], [next = []] = []] = [run(), run()] as number[][][][];
  for (const step of first) expect(step).toEqual(first[0]);
  expect(next[0]).not.toEqual(first[0]);
});

describe.each([{}, variational])('gradients are mask / p (%j)', (mode) => {
  const gradientOf = (options: DropoutWrapperOptions, of: 'output' | 'state') => {
    using wrapper = new DropoutWrapper(echo(), { ...mode, seed: 8, ...options });
    using tape = new GradientTape();
    const [x, s] = [ones([6, 3]), ones([6, 3])];
    tape.watch(x);
    tape.watch(s);
    const result = tape.record(() => wrapper.call(x, s));
    const [gradient] = tape.gradient(result[of], [of === 'output' ? x : s]);
    return { mask: result[of].data(), gradient: gradient?.data() };
  };

  test.each([
    ['input', { inputKeepProb: 0.5 }, 'output'],
    ['output', { outputKeepProb: 0.25 }, 'output'],
    ['state', { stateKeepProb: 0.75 }, 'state'],
  ] as const)('for the %s', (_, options, of) => {
    const { mask, gradient } = gradientOf(options, of);
    expect(mask).toContain(0);
    expect(gradient).toEqual(mask);
  });

  test('and zero, still connected, for a keep probability of 0', () => {
    const { gradient } = gradientOf({ outputKeepProb: 0 }, 'output');
    expect(gradient).toEqual(new Float32Array(18));
  });
});

describe('variational sizes', () => {
  const wide = (inputSize: unknown) =>
    new DropoutWrapper(echo(), { ...variational, inputKeepProb: 0.5, inputSize });

  test.each([2, 1, { shape: [3, 1] }])(
    'refuse inputs of another size than %j before the cell runs',
    (size) => {
      using wrapper = wide(size);
      const call = () => wrapper.call(ones([2, 3]), ones([2, 3]));
      expect(call).toThrow(ShapeError);
      expect(call).toThrow('input must have the size [batch,');
    },
  );

  test('refuse inputs that are nested otherwise', () => {
    using wrapper = wide([3]);
    expect(() => wrapper.call(ones([2, 3]), ones([2, 3]))).toThrow(TypeError);
    using nested = new DropoutWrapper(
      new EchoCell<Tensor, readonly Tensor[]>({ stateSize: 3, outputSize: [3, 3] }),
      { ...variational, inputKeepProb: 0.5, inputSize: [3] },
    );
    const call = () => nested.call([ones([2, 3]), ones([2, 3])], ones([2, 3]));
    expect(call).toThrow(ValueError);
  });

  test('may be nested, and of any rank', () => {
    const size = { left: 3, right: { shape: [4, 5] } };
    using wrapper = new DropoutWrapper(
      new EchoCell<Tensor, { left: Tensor; right: Tensor }>({ stateSize: 3, outputSize: size }),
      { ...variational, inputKeepProb: 0.5, inputSize: size },
    );
    const inputs = { left: ones([2, 3]), right: ones([2, 4, 5]) };
    const { output } = wrapper.call(inputs, ones([2, 3]));
    const [first, second] = output.right.toArray() as number[][][];
    expect(second).toEqual(first);
    expect([...wrapper.randomState().keys()]).toEqual(['input_0', 'input_1']);
  });

  test('take a list of one state where the size is one size, as Keras cells give it', () => {
    using wrapper = new DropoutWrapper(
      new EchoCell<readonly Tensor[], Tensor>({ stateSize: 3, outputSize: 3 }),
      { ...variational, stateKeepProb: 0.5 },
    );
    expect(wrapper.call(ones([2, 3]), [ones([2, 3])]).state).toHaveLength(1);
  });
});

test('a state leaf that cannot be dropped is an error that says how to spare it', () => {
  const make = (state: unknown) => () =>
    new DropoutWrapper(
      new EchoCell<unknown, Tensor>({ stateSize: { count: 1, h: 3 }, outputSize: 3 }),
      { stateKeepProb: 0.5 },
    ).call(ones([2, 3]), state);
  const count = tensor([1, 2], [2, 1], 'int32');
  expect(make({ count, h: ones([2, 3]) })).toThrow(DTypeError);
  expect(make({ count, h: ones([2, 3]) })).toThrow('Spare it with dropoutStateFilterVisitor');
  expect(make({ count: null, h: ones([2, 3]) })).toThrow(ValueError);
});

test('the cell shows through: sizes, zero state, parameters, identity', () => {
  class Marked extends EchoCell<string, Tensor> {
    override zeroState(batchSize: number): string {
      return `zeros for ${batchSize}`;
    }
  }
  const cell = new Marked({ stateSize: 10, outputSize: 7 });
  const wrapper = new DropoutWrapper(cell);
  expect(wrapper.wrappedCell).toBe(cell);
  expect([wrapper.stateSize, wrapper.outputSize]).toEqual([10, 7]);
  expect(wrapper.zeroState(10)).toBe('zeros for 10');
  expect(wrapper.getInitialState({ batchSize: 2 })).toBe('zeros for 2');
  using gru = new GRUCell(1);
  const outer = new DropoutWrapper(new DropoutWrapper(gru));
  outer.build([null, 1]);
  expect(gru.isBuilt).toBe(true);
  expect(outer.namedParameters()).toEqual(gru.namedParameters());
});

describe('the config', () => {
  const everything = () => true;
  registerStateFilter('everything', everything);

  test('keeps the seed it was given, not the place in the stream', () => {
    using wrapper = new DropoutWrapper(new GRUCell(3), { ...dropped, seed: 0 });
    const before = toConfig(wrapper);
    wrapper.call(ones([2, 3]), ones([2, 3]));
    expect(toConfig(wrapper)).toEqual(before);
    expect(before.config).toMatchObject({ seed: 0, inputKeepProb: 0.5 });
  });

  test('keeps a visitor by its name, and nothing of the default', () => {
    const make = (dropoutStateFilterVisitor: () => boolean) =>
      toConfig(new DropoutWrapper(new GRUCell(3), { dropoutStateFilterVisitor }));
    const saved = make(everything);
    expect(saved.config).toMatchObject({ dropoutFn: 'everything', dropoutFnType: 'function' });
    expect(toConfig(fromConfig(saved))).toEqual(saved);
    expect(toConfig(new DropoutWrapper(new GRUCell(3))).config).not.toHaveProperty('dropoutFn');
    expect(() => make(() => false)).toThrow('registerStateFilter');
    const of = (change: object) => () =>
      fromConfig({ ...saved, config: { ...saved.config, ...change } });
    expect(of({ dropoutFn: 'nobody' })).toThrow('dropoutFn must be one of everything');
    expect(of({ dropoutFnType: 'lambda' })).toThrow(TypeError);
  });

  test('cannot hold a keep probability that is a function', () => {
    const wrapper = new DropoutWrapper(new GRUCell(3), { stateKeepProb: () => 0.5 });
    expect(() => wrapper.getConfig()).toThrow('stateKeepProb, which is a function');
  });
});

test('a cell of one step up and down, as in TensorFlow: dropped inputs leave only the bias', () => {
  // TensorFlow, RNNTest.testDropout: the cell gives (input + 1, state + 1).
  class PlusOne extends RNNCell<Tensor> {
    readonly stateSize = 5;
    readonly outputSize = 5;
    protected override step(inputs: Tensor, state: Tensor) {
      return { output: tidy(() => inputs.add(1)), state: state.add(1) };
    }
  }
  const rnn = new RNN(new DropoutWrapper(new PlusOne(), { inputKeepProb: 1e-12, seed: 0 }), {
    returnSequences: true,
  });
  const x = mul(ones([2, 8, 5]), 3);
  expect(rnn.call(x, { training: true }).data()).toEqual(ones([2, 8, 5]).data());
  expect(rnn.call(x).data()).toEqual(mul(ones([2, 8, 5]), 4).data());
});
