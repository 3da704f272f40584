// SPDX-License-Identifier: Apache-2.0
import {
  GradientTape,
  init,
  mean,
  ones,
  square,
  sum,
  type Tensor,
  tidy,
  ValueError,
} from '@tapeloop/core';
import { closeTo, cosines, expectNoLeaks, trackLeaks } from '@tapeloop/core/testing';
import { fromConfig, toConfig } from '@tapeloop/layers';
import { claimSixSigma } from '@tapeloop/layers/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DropoutWrapper } from './dropout-wrapper.ts';
import { GRUCell } from './gru-cell.ts';
import { LSTMCell } from './lstm-cell.ts';
import type { LSTMState } from './lstm-state.ts';
import { resetDropoutMasks } from './reset-dropout-masks.ts';
import { RNN } from './rnn.ts';
import type { RNNCell } from './rnn-cell.ts';
import { withRun } from './run.ts';
import { SimpleRNNCell } from './simple-rnn-cell.ts';
import { StackedRNNCells } from './stacked-rnn-cells.ts';
import { type CellContract, cellContract } from './testing/index.ts';
import { WeightDropWrapper } from './weight-drop-wrapper.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

describe('WeightDropWrapper', () => {
  const contract: CellContract<LSTMState> = {
    create: () => new WeightDropWrapper(new LSTMCell(3), { seed: 1 }),
    stateShapes: [
      [2, 3],
      [2, 3],
    ],
    outputShape: [2, 3],
    paths: ['kernel', 'recurrentKernel', 'bias'],
    isRandom: true,
  };
  for (const { title, run } of cellContract(contract)) test(title, run);
});

const training = { training: true } as const;
const half = { rate: 0.5, seed: 3 } as const;

/** A cell with an input of nothing and a state of ones, whose new state shows the column sums of R. */
function shown(wrapper: WeightDropWrapper<Tensor>, units: number): number[] {
  const { state } = wrapper.call(ones([1, 1]), ones([1, units]));
  return [...state.data()];
}

test('drops its share of the recurrent weights within six sigma, and scales the others', () => {
  const units = 100;
  using wrapper = new WeightDropWrapper(
    new SimpleRNNCell(units, {
      activation: 'linear',
      kernelInitializer: 'zeros',
      recurrentInitializer: 'ones',
    }),
    { rate: 0.3, seed: 3 },
  );
  const scale = 1 / 0.7;
  const kept = shown(wrapper, units).reduce((total, each) => total + each / scale, 0);
  claimSixSigma(kept, units * units, 0.7);
});

test('has one mask for a run, a new one in the next, and the same again with the same seed', () => {
  const make = () =>
    new WeightDropWrapper(
      new SimpleRNNCell(9, {
        activation: 'linear',
        recurrentInitializer: 'ones',
        kernelInitializer: 'zeros',
      }),
      half,
    );
  using wrapper = make();
  const runs = [0, 1].map(() => withRun(() => [shown(wrapper, 9), shown(wrapper, 9)]));
  for (const [first, second] of runs) expect(second).toEqual(first);
  expect(runs[1]).not.toEqual(runs[0]);
  using again = make();
  expect(withRun(() => shown(again, 9))).toEqual(runs[0]?.[0]);
  using byHand = make();
  const first = shown(byHand, 9);
  expect(shown(byHand, 9)).toEqual(first);
  resetDropoutMasks(new StackedRNNCells([byHand]));
  expect(shown(byHand, 9)).not.toEqual(first);
});

test('gives the kept weights, and only them, a gradient of 1 / (1 − rate)', () => {
  using cell = new SimpleRNNCell(5, { activation: 'linear' });
  using wrapper = new WeightDropWrapper(cell, half);
  wrapper.build([1, 1]);
  const { value } = cell.parameter('recurrentKernel');
  using tape = new GradientTape();
  const state = ones([1, 5]);
  const y = tape.record(() => sum(wrapper.call(ones([1, 1]), state).output));
  const [gradient] = tape.gradient(y, [value]);
  expect(new Set(gradient?.data())).toEqual(new Set([0, 2]));
  const weights = value.data();
  const expected = [...(gradient?.data() ?? [])].reduce(
    (total, factor, i) => total + factor * (weights[i] ?? 0),
    [...cell.parameter('kernel').value.data()].reduce((a, b) => a + b, 0),
  );
  closeTo(y, [expected], { relative: 1e-5, absolute: 1e-5 });
});

/** Claims that the fused sequence and the steps of a wrapped cell agree. */
function claimFused<State>(title: string, make: () => RNNCell<State>): void {
  test(`${title}: a fused sequence has the values and gradients of its steps, to 2e-6`, () => {
    using wrapper = new WeightDropWrapper(make(), half);
    const results = [true, false].map((unroll) => {
      wrapper.resetRandom();
      const rnn = new RNN(wrapper, { returnSequences: true, unroll });
      const x = cosines([4, 6, 3]);
      rnn.build([4, 6, 3]);
      using tape = new GradientTape();
      tape.watch(x);
      const { y, loss } = tape.record(() => {
        const output = rnn.call(x, training);
        return { y: output, loss: mean(square(output)) };
      });
      const sources = [x, ...wrapper.parameters().map(({ value }) => value)];
      return [y, ...tape.gradient(loss, sources)].flatMap((each) => [...each.data()]);
    });
    closeTo(results[1] ?? [], results[0] ?? [], { relative: 2e-6, absolute: 2e-6 });
  });
}

claimFused('LSTMCell', () => new LSTMCell(4));
claimFused('GRUCell', () => new GRUCell(4));
claimFused('SimpleRNNCell', () => new SimpleRNNCell(4));
claimFused('two LSTMCells in dropout', () => {
  const stack = new StackedRNNCells([new LSTMCell(4), new LSTMCell(4)]);
  return new DropoutWrapper(stack, { outputKeepProb: 0.5, seed: 2 });
});

test('in inference it is the wrapped cell, bit for bit', () => {
  using cell = new GRUCell(4);
  const [wrapped, bare] = [new RNN(new WeightDropWrapper(cell, half)), new RNN(cell)];
  const x = cosines([2, 5, 3]);
  wrapped.call(x, training);
  expect(wrapped.call(x).data()).toEqual(bare.call(x).data());
});

test('puts the weights back when the cell throws', () => {
  using cell = new SimpleRNNCell(4);
  using wrapper = new WeightDropWrapper(cell, half);
  wrapper.build([2, 3]);
  const { value } = cell.parameter('recurrentKernel');
  expect(() => wrapper.call(ones([2, 9]), ones([2, 4]))).toThrow('inputs must be');
  expect(cell.parameter('recurrentKernel').value).toBe(value);
});

test('leaves nothing behind, and is free of cost at rate 0', () => {
  using wrapper = new WeightDropWrapper(new LSTMCell(4), half);
  const rnn = new RNN(wrapper);
  rnn.call(cosines([2, 5, 3])).dispose();
  expectNoLeaks(() => tidy(() => void rnn.call(cosines([2, 5, 3]), training)));
  using none = new WeightDropWrapper(new SimpleRNNCell(4), { rate: 0, seed: 1 });
  none.call(ones([2, 3]), ones([2, 4]));
  expect(none.randomState().size).toBe(0);
});

test('is resumed from its random state, and rebuilt from its config', () => {
  using wrapper = new WeightDropWrapper(new LSTMCell(4), {
    ...half,
    weights: ['kernel', 'recurrentKernel'],
  });
  const rnn = new RNN(wrapper);
  const run = (layer: typeof rnn) => layer.call(cosines([2, 5, 3]), training).data();
  run(rnn);
  const saved = rnn.randomState();
  expect([...saved.keys()]).toEqual(['weight_0', 'weight_1']);
  const expected = run(rnn);
  const restored = fromConfig(toConfig(wrapper));
  expect(toConfig(restored)).toEqual(toConfig(wrapper));
  wrapper.resetRandom();
  wrapper.loadRandomState(saved);
  expect(run(rnn)).toEqual(expected);
});

test('refuses weights that the cell does not have, and rates that are none', () => {
  using wrapper = new WeightDropWrapper(new SimpleRNNCell(4), { ...half, weights: ['gamma'] });
  const call = () => wrapper.call(ones([2, 3]), ones([2, 4]));
  expect(call).toThrow('names of parameters of the cell, which has kernel, recurrentKernel, bias');
  for (const rate of [-0.1, 1.1, Number.NaN]) {
    expect(() => new WeightDropWrapper(new SimpleRNNCell(4), { rate })).toThrow(ValueError);
  }
  using all = new WeightDropWrapper(new SimpleRNNCell(4), { rate: 1 });
  expect(() => all.call(ones([2, 3]), ones([2, 4]))).toThrow(
    'rate must be less than 1 in training',
  );
  const none = 'cell' as unknown as SimpleRNNCell;
  expect(() => new WeightDropWrapper(none)).toThrow('cell must be an RNNCell');
});
