// SPDX-License-Identifier: Apache-2.0
import { init, reverse, slice, type Tensor, tensor } from '@tapeloop/core';
import { cosines, trackLeaks } from '@tapeloop/core/testing';
import { Dense, fromConfig, toConfig } from '@tapeloop/layers';
import { layerContract } from '@tapeloop/layers/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Bidirectional, type MergeMode } from './bidirectional.ts';
import { GRU } from './gru.ts';
import { GRUCell } from './gru-cell.ts';
import { LSTM } from './lstm.ts';
import { RNN } from './rnn.ts';
import { SumCell } from './testing/index.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const own = ['kernel', 'recurrentKernel', 'bias'];
const paths = ['forward', 'backward'].flatMap((side) => own.map((name) => `${side}/${name}`));
const inputs = () => cosines([2, 4, 3]);

describe.each<[Exclude<MergeMode, null>, number]>([
  ['concat', 6],
  ['sum', 3],
  ['mul', 3],
  ['ave', 3],
])('Bidirectional with mergeMode %s', (mergeMode, features) => {
  const create = () =>
    new Bidirectional(new LSTM(3, { returnSequences: true, biasInitializer: 'normal' }), {
      mergeMode,
    });
  const contract = { create, inputs, outputShape: [2, 4, features], paths };
  for (const { title, run } of layerContract(contract)) test(title, run);
});

/** Sums of the inputs so far, from either end: outputs tell which steps were taken. */
const sums = (options = {}) => new RNN(new SumCell(1), options);
const both = <M extends MergeMode>(mergeMode: M, options = {}) =>
  new Bidirectional(sums(options), {
    mergeMode,
    backwardLayer: sums({ ...options, goBackwards: true }),
  });
const digits = (rows: number[][]) => tensor(rows.flat(), [rows.length, rows[0]?.length ?? 0, 1]);

describe('Bidirectional', () => {
  test('puts the outputs of both directions at the steps they are for', () => {
    const [forward, backward] = both(null, { returnSequences: true }).call(digits([[1, 10, 100]]));
    expect([...forward.data()]).toEqual([1, 11, 111]);
    expect([...backward.data()]).toEqual([111, 110, 100]);
    expect([
      ...both('concat')
        .call(digits([[1, 10, 100]]))
        .data(),
    ]).toEqual([111, 111]);
  });

  test('starts backwards at the last step of a row that its length or mask lets through', () => {
    const x = digits([
      [1, 10, 100],
      [2, 20, 200],
    ]);
    const expected = [
      [1, 11, 0, 2, 22, 222],
      [11, 10, 0, 222, 220, 200],
    ];
    const layer = both(null, { returnSequences: true });
    const ofLengths = layer.call(x, { sequenceLengths: [2, 3] });
    expect(ofLengths.map((output) => [...output.data()])).toEqual(expected);
    const mask = tensor([1, 1, 0, 1, 1, 1], [2, 3], 'bool');
    expect(layer.call(x, { mask }).map((output) => [...output.data()])).toEqual(expected);
    expect(layer.computeMask(x, mask)).toBe(mask);
    expect(both('sum').computeMask(x, mask)).toBeUndefined();
  });

  test('gives and takes the pair of both states, also with time first', () => {
    const layer = both('sum', { returnSequences: true, returnState: true, timeMajor: true });
    const x = tensor([1, 10, 100], [3, 1, 1]);
    const start = [tensor([1000], [1, 1]), tensor([5000], [1, 1])] as const;
    const result: unknown = layer.call(x, { initialState: start });
    const { output, state } = result as { output: Tensor; state: readonly [Tensor, Tensor] };
    expect([...output.data()]).toEqual([6112, 6121, 6211]);
    expect(state.map((each) => each.item())).toEqual([1111, 5111]);
  });

  test('makes the backward layer from the config of the first, with weights of its own', () => {
    using layer = new Bidirectional(new GRU(3, { name: 'encoder', dropout: 0.5 }));
    layer.call(inputs());
    const [forward, backward] = [layer.forwardLayer, layer.backwardLayer];
    expect(toConfig(backward).config).toEqual({ ...toConfig(forward).config, goBackwards: true });
    const kernels = layer.parameters().map(({ value }) => [...value.data()]);
    expect(kernels[0]).not.toEqual(kernels[3]);
    backward.loadStateDict(forward.stateDict());
    const output = layer.call(inputs());
    const turned = layer.call(reverse(inputs(), 1));
    expect(slice(output, [0, 3]).data()).toEqual(slice(turned, [0, 0], [-1, 3]).data());
  });

  test('comes back from its config, with a backward layer that was given', () => {
    const given = new GRU(3, { goBackwards: true, resetAfter: false });
    const layer = new Bidirectional(new GRU(3), {
      backwardLayer: given,
      mergeMode: null,
      name: 'b',
    });
    const saved = toConfig(layer);
    expect(saved.config).toMatchObject({ mergeMode: null, name: 'b' });
    expect(toConfig(fromConfig(JSON.parse(JSON.stringify(saved))))).toEqual(saved);
    const restored = fromConfig(saved);
    expect(
      restored instanceof Bidirectional && toConfig(restored.backwardLayer).config,
    ).toMatchObject({
      resetAfter: false,
    });
  });

  test('resets the states of both directions', () => {
    using layer = new Bidirectional(new RNN(new GRUCell(2), { stateful: true }));
    const first = layer.call(inputs()).data();
    layer.resetStates();
    expect(layer.call(inputs()).data()).toEqual(first);
  });

  test('refuses layers that do not fit together', () => {
    expect(() => new Bidirectional(new Dense(2) as never)).toThrow('layer must be an RNN, LSTM');
    expect(() => both('max' as 'sum')).toThrow("'concat', 'sum', 'mul', 'ave' or null");
    const backwards = () => new GRU(2, { goBackwards: true });
    expect(() => new Bidirectional(backwards())).toThrow('one that goes forwards');
    const pair = (backwardLayer: GRU) => () => new Bidirectional(new GRU(2), { backwardLayer });
    expect(pair(new GRU(2))).toThrow('one with goBackwards');
    expect(pair(new GRU(2, { goBackwards: true, returnSequences: true }))).toThrow(
      'of the options',
    );
  });
});
