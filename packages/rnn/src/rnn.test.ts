// SPDX-License-Identifier: Apache-2.0
import {
  dispose,
  init,
  Parameter,
  reverse,
  ShapeError,
  slice,
  sum,
  type Tensor,
  tidy,
  transpose,
  valueAndGrad,
} from '@tapeloop/core';
import { closeTo, cosines, expectNoLeaks, sines, trackLeaks } from '@tapeloop/core/testing';
import { fromConfig, Layer, toConfig } from '@tapeloop/layers';
import { checkParameterGrads } from '@tapeloop/layers/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { GRUCell } from './gru-cell.ts';
import { LSTMCell } from './lstm-cell.ts';
import { LSTMState } from './lstm-state.ts';
import { RNN } from './rnn.ts';
import type { CellResult, RNNCell } from './rnn-cell.ts';
import { StackedRNNCells } from './stacked-rnn-cells.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const [B, T, F, U] = [3, 5, 2, 4];
const x = () => cosines([B, T, F]);

describe('the layout', () => {
  test('is batch first, and time first with timeMajor, with the same bits', () => {
    using cell = new GRUCell(U);
    const batchMajor = new RNN(cell, { returnSequences: true });
    const timeMajor = new RNN(cell, { returnSequences: true, timeMajor: true });
    const expected = batchMajor.call(x());
    expect(expected.shape).toEqual([B, T, U]);
    const got = timeMajor.call(transpose(x(), [1, 0, 2]));
    expect(got.shape).toEqual([T, B, U]);
    expect(transpose(got, [1, 0, 2]).data()).toEqual(expected.data());
  });

  test('gives the last output without returnSequences, and the state with returnState', () => {
    using cell = new LSTMCell(U);
    const all = new RNN(cell, { returnSequences: true }).call(x());
    const { output, state } = new RNN(cell, { returnState: true }).call(x());
    expect(output.data()).toEqual(slice(all, [0, T - 1], [-1, 1]).data());
    expect(state).toBeInstanceOf(LSTMState);
    expect(state.h.data()).toEqual(output.data());
    dispose(output);
    expect(state.h.isDisposed).toBe(false);
  });

  test('goes backwards as over the reversed sequence, outputs in the order of the steps', () => {
    using cell = new GRUCell(U);
    const forward = new RNN(cell, { returnSequences: true });
    const backward = new RNN(cell, { returnSequences: true, goBackwards: true });
    expect(backward.call(x()).data()).toEqual(forward.call(reverse(x(), 1)).data());
  });
});

describe('the state', () => {
  test('starts where initialState says, and carries a sequence on in two parts', () => {
    using cell = new LSTMCell(U);
    const rnn = new RNN(cell, { returnState: true });
    const whole = rnn.call(x());
    const first = rnn.call(slice(x(), [0, 0], [-1, 2]));
    const second = rnn.call(slice(x(), [0, 2]), { initialState: first.state });
    expect(second.state.c.data()).toEqual(whole.state.c.data());
    expect(second.output.data()).toEqual(whole.output.data());
  });

  test('is kept between the calls of a stateful layer, apart from any tape, until resetStates()', () => {
    using rnn = new RNN(new GRUCell(U), { stateful: true, returnState: true });
    const part = (from: number, size: number) => slice(x(), [0, from], [-1, size]);
    rnn.build([B, T, F]);
    expect(rnn.state).toBeUndefined();
    const whole = rnn.call(x()).output.data();
    rnn.resetStates();
    const weights = rnn.parameters();
    const trainOn = (inputs: Tensor) => {
      tidy(() => {
        valueAndGrad(() => sum(rnn.call(inputs).output), weights);
      });
    };
    trainOn(part(0, 2));
    const second = part(2, 2);
    expectNoLeaks(() => trainOn(second));
    expect(rnn.call(part(4, 1)).output.data()).toEqual(whole);
    expect(() => rnn.call(cosines([B + 1, T, F]))).toThrow('until resetStates()');
    const given = sines([B, U]);
    rnn.resetStates(given);
    dispose(given);
    expect(rnn.state?.data()).toEqual(sines([B, U]).data());
  });

  test('must have the structure and the shapes of the cell', () => {
    using rnn = new RNN(new LSTMCell(U));
    const call = (initialState: unknown) => () =>
      rnn.call(x(), { initialState: initialState as LSTMState });
    expect(call(sines([B, U]))).toThrow(TypeError);
    expect(call({ c: sines([B, U]), h: sines([B, U]) })).toThrow('nested as a LSTMState');
    const short = new LSTMState({ c: sines([B, U]), h: sines([1, U]) });
    expect(call(short)).toThrow(ShapeError);
    expect(call(short)).toThrow('initialState must have tensors of shape [3,4], got [1,4]');
  });
});

describe('paths', () => {
  class Model extends Layer {
    readonly rnn = new RNN(new StackedRNNCells([new GRUCell(2), new LSTMCell(U)]));
    protected override forward(inputs: Tensor): Tensor {
      return this.rnn.call(inputs);
    }
  }

  test('go through RNN to the cells: rnn/cell0/kernel', () => {
    using model = new Model();
    model.build([1, T, F]);
    const own = ['kernel', 'recurrentKernel', 'bias'];
    const expected = ['cell0', 'cell1'].flatMap((cell) => own.map((name) => `rnn/${cell}/${name}`));
    expect(model.namedParameters().map(([path]) => path)).toEqual(expected);
    expect(model.parameters().map(({ name }) => name)).toEqual(
      expected.map((path) => `model/${path}`),
    );
  });

  test('are in the origin of tensors and so in errors', () => {
    using model = new Model();
    const origins: string[] = [];
    class Spy extends GRUCell {
      protected override step(inputs: Tensor, state: Tensor): CellResult<Tensor> {
        const result = super.step(inputs, state);
        origins.push(result.output.origin);
        return result;
      }
    }
    const spied = new RNN(new StackedRNNCells([new Spy(2)]), { name: 'decoder', unroll: true });
    spied.call(x());
    expect(origins[0]).toBe('decoder/cell0:add');
    spied.dispose();
    expect(model.name).toBe('model');
  });
});

test('the gradient of a step reaches the whole sequence: central differences over inputs and state', () => {
  using cell = new LSTMCell(2);
  const [inputs, c, h] = [x(), sines([B, 2]), cosines([B, 2])].map(
    (value, i) => new Parameter(`${i}`, value),
  ) as [Parameter, Parameter, Parameter];
  const rnn = new RNN(cell, { goBackwards: true });
  const run = () =>
    rnn.call(inputs.value, { initialState: new LSTMState({ c: c.value, h: h.value }) });
  tidy(run);
  checkParameterGrads(run, [inputs, c, h, ...cell.parameters()]);
  for (const parameter of [inputs, c, h]) parameter.dispose();
});

test('bad cells, ranks and empty sequences are refused', () => {
  expect(() => new RNN({} as RNNCell<Tensor>)).toThrow('cell must be an RNNCell');
  using rnn = new RNN(new GRUCell(U));
  expect(() => rnn.call(cosines([B, F]))).toThrow('of shape [batch, time, features]');
  expect(() => rnn.call(cosines([B, 0, F]))).toThrow('at least one step long');
});

test('comes back from its config with all options', () => {
  const options = {
    returnSequences: true,
    returnState: true,
    goBackwards: true,
    stateful: true,
    timeMajor: true,
    unroll: true,
    zeroOutputForMask: true,
    name: 'decoder',
  };
  const rnn = new RNN(new StackedRNNCells([new GRUCell(2, { resetAfter: false })]), options);
  const saved = toConfig(rnn);
  expect(saved.config).toMatchObject(options);
  expect(toConfig(fromConfig(JSON.parse(JSON.stringify(saved))))).toEqual(saved);
});

test('closeTo tells a wrong order of steps', () => {
  using cell = new GRUCell(U);
  const forward = new RNN(cell).call(x());
  const backward = new RNN(cell, { goBackwards: true }).call(x());
  expect(() => closeTo(backward, forward)).toThrow('differ');
});
