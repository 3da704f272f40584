// SPDX-License-Identifier: Apache-2.0
import { init, reverse, type Tensor, tensor, tidy } from '@tapeloop/core';
import { closeTo, cosines, sines, trackLeaks } from '@tapeloop/core/testing';
import {
  Dense,
  Embedding,
  fromConfig,
  fromKerasConfig,
  Layer,
  Masking,
  Sequential,
  toConfig,
  toKerasConfig,
} from '@tapeloop/layers';
import { layerContract } from '@tapeloop/layers/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { GRU } from './gru.ts';
import { GRUCell } from './gru-cell.ts';
import { LSTM } from './lstm.ts';
import { LSTMState } from './lstm-state.ts';
import { RNN } from './rnn.ts';
import { SimpleRNN } from './simple-rnn.ts';
import { SumCell } from './testing/index.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const inputs = () => cosines([2, 4, 3]);
const own = ['kernel', 'recurrentKernel', 'bias'];
const biased = { biasInitializer: 'normal' } as const;
const contract = { inputs, outputShape: [2, 5], paths: own };

describe('LSTM', () => {
  const create = () => new LSTM(5, biased);
  for (const { title, run } of layerContract({ ...contract, create })) test(title, run);
});

describe('GRU over all steps, with dropout', () => {
  const options = { ...biased, returnSequences: true, dropout: 0.3, recurrentDropout: 0.2 };
  const create = () => new GRU(5, options);
  const wide = { ...contract, outputShape: [2, 4, 5], isRandom: true };
  for (const { title, run } of layerContract({ ...wide, create })) test(title, run);
});

describe('SimpleRNN that goes backwards, with a trainable initial state', () => {
  const options = { ...biased, goBackwards: true, trainableInitialState: true };
  const create = () => new SimpleRNN(5, options);
  const paths = ['initialState', ...own];
  for (const { title, run } of layerContract({ ...contract, create, paths })) test(title, run);
});

describe('a trainable initial state', () => {
  test('starts every row, and is asked for the state of an LSTM by its names', () => {
    using layer = new LSTM(2, { trainableInitialState: true, returnState: true });
    tidy(() => layer.build([null, null, 3]));
    const paths = layer.namedParameters().map(([path]) => path);
    expect(paths).toEqual(['initialState/c', 'initialState/h', ...own]);
    const [c, h] = layer.parameters();
    tidy(() => {
      c?.assign(cosines([2]));
      h?.assign(sines([2]));
    });
    const rows = (values: Tensor) => tensor([...values.data(), ...values.data()], [2, 2]);
    const state = new LSTMState({ c: rows(cosines([2])), h: rows(sines([2])) });
    const expected = layer.call(inputs(), { initialState: state }).output.data();
    expect(layer.call(inputs()).output.data()).toEqual(expected);
  });
});

describe('the layers', () => {
  test('are their cells in RNN, to the bit, under the same paths', () => {
    using layer = new LSTM(3, { ...biased, returnSequences: true, name: 'encoder' });
    layer.call(inputs());
    using rnn = new RNN(new GRUCell(3, biased), { returnSequences: true });
    using gru = new GRU(3, { ...biased, returnSequences: true });
    rnn.call(inputs());
    gru.call(inputs());
    gru.loadStateDict(rnn.stateDict());
    expect(gru.call(inputs()).data()).toEqual(rnn.call(inputs()).data());
    expect(layer.parameters().map(({ name }) => name)).toEqual(
      own.map((each) => `encoder/${each}`),
    );
  });

  test('carry a state on when they are stateful, until resetStates()', () => {
    using layer = new GRU(3, { stateful: true });
    const first = layer.call(inputs()).data();
    expect(layer.state?.data()).toEqual(first);
    expect(layer.call(inputs()).data()).not.toEqual(first);
    layer.resetStates();
    expect(layer.call(inputs()).data()).toEqual(first);
  });

  test('come back from their configs with every option', () => {
    const options = {
      name: 'decoder',
      activation: 'softplus',
      recurrentActivation: 'hardSigmoid',
      useBias: false,
      unitForgetBias: false,
      kernelRegularizer: { name: 'l2', options: { l2: 0.5 } },
      recurrentRegularizer: { name: 'l1', options: { l1: 0.25 } },
      dropout: 0.25,
      recurrentDropout: 0.5,
      seed: 3,
      trainableInitialState: true,
      returnSequences: true,
      returnState: true,
      goBackwards: true,
      stateful: true,
      timeMajor: true,
      unroll: true,
      zeroOutputForMask: true,
    } as const;
    const saved = toConfig(new LSTM(3, options));
    expect(saved.config).toMatchObject({ units: 3, ...options });
    expect(toConfig(fromConfig(JSON.parse(JSON.stringify(saved))))).toEqual(saved);
    const gru = toConfig(new GRU(3, { resetAfter: false }));
    expect(gru.config).toMatchObject({ resetAfter: false, seed: null, dropout: 0 });
  });

  test('come back from the configs that they write for Keras, dropout included', () => {
    const options = { name: 'decoder', dropout: 0.25, recurrentDropout: 0.5, seed: 3 };
    for (const layer of [new LSTM(3, options), new GRU(3, options), new SimpleRNN(3, options)]) {
      const written = toKerasConfig(layer);
      expect(written.config).toMatchObject({ dropout: 0.25, recurrent_dropout: 0.5 });
      expect(toConfig(fromConfig(fromKerasConfig(written)))).toEqual(toConfig(layer));
    }
    const cell = { class_name: 'LSTMCell', config: { units: 3, dropout: 0.25 } };
    expect(() => fromKerasConfig(cell)).toThrow('LSTMCell.dropout must be one of 0');
  });

  test('refuse bad sizes and rates', () => {
    expect(() => new LSTM(0)).toThrow('units must be');
    expect(() => new GRU(2, { dropout: 1 })).toThrow('dropout must be a number in [0, 1)');
    expect(() => new GRU(2, { recurrentDropout: -0.1 })).toThrow('recurrentDropout must be');
    expect(() => new SimpleRNN(2, { dropout: 0.1, seed: 0.5 })).toThrow('seed');
  });

  test('have the penalties of their regularizers, once for each weight, to 1e-6', () => {
    using layer = new SimpleRNN(3, { kernelRegularizer: 'l2', recurrentRegularizer: 'l1' });
    layer.call(inputs());
    const total = (name: number, fn: (value: number) => number) =>
      Array.from(layer.parameters()[name]?.value.data() ?? []).reduce((sum, w) => sum + fn(w), 0);
    const expected = 0.01 * total(0, (w) => w * w) + 0.01 * total(1, Math.abs);
    closeTo(layer.regularizationLoss(), [expected], { relative: 1e-6 });
  });
});

describe('a mask in a Sequential', () => {
  const masked = tensorRows([
    [1, 1, 0, 0],
    [1, 1, 1, 0],
  ]);

  function tensorRows(rows: number[][]) {
    return () => tensor(rows.flat(), [rows.length, rows[0]?.length ?? 0], 'bool');
  }

  test('goes through layers with sequences, and ends where they give the last output', () => {
    const seen: unknown[] = [];
    class Spy extends Layer {
      override computeMask(_: Tensor, mask?: Tensor): Tensor | undefined {
        seen.push(mask?.toArray());
        return mask;
      }
      protected override forward(x: Tensor): Tensor {
        return x;
      }
    }
    const spies = [new Spy(), new Spy(), new Spy()] as const;
    const [a, b, c] = spies;
    const layers = [new LSTM(2, { returnSequences: true }), a, new GRU(2), b, new Dense(1), c];
    using model = new Sequential(layers as Layer[]);
    model.call(inputs(), { mask: masked() });
    const rows = [
      [true, true, false, false],
      [true, true, true, false],
    ];
    expect(seen).toEqual([rows, undefined, undefined]);
  });

  test('is turned round with the outputs by goBackwards, which Keras leaves as it was', () => {
    const layer = new GRU(2, { returnSequences: true, goBackwards: true });
    expect(layer.computeMask(inputs(), masked())?.data()).toEqual(reverse(masked(), 1).data());
  });

  test('makes padding of any kind and length count for nothing', () => {
    using model = new Sequential([
      new Embedding(5, 3, { maskZero: true }),
      new LSTM(4, { returnSequences: true }),
      new GRU(2),
    ]);
    const ids = (padded: number[]) => tensor(padded, [1, padded.length], 'int32');
    const expected = model.call(ids([3, 1, 4])).data();
    closeTo(model.call(ids([3, 1, 4, 0, 0])), expected, { relative: 1e-6 });
    closeTo(model.call(ids([0, 3, 0, 1, 4, 0])), expected, { relative: 1e-6 });
    using sums = new Sequential([new Masking({ maskValue: -1 }), new RNN(new SumCell(1))]);
    expect(sums.call(tensor([1, -1, 2, -1, 4], [1, 5, 1])).item()).toBe(7);
  });
});
