// SPDX-License-Identifier: Apache-2.0
import {
  fill,
  init,
  Parameter,
  slice,
  sum,
  type Tensor,
  tensor,
  tidy,
  ValueError,
  valueAndGrad,
} from '@tapeloop/core';
import { cosines, trackLeaks } from '@tapeloop/core/testing';
import { checkParameterGrads } from '@tapeloop/layers/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { GRUCell } from './gru-cell.ts';
import { RNN } from './rnn.ts';
import { SumCell } from './testing/index.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const [B, T, F, U] = [3, 5, 2, 4];
const x = () => cosines([B, T, F]);

describe('rows that are left out', () => {
  const ones = () => fill([3, 4, F], 1);
  const first = (output: Tensor) => {
    const rows = output.toArray() as number[][][];
    return rows.map((row) => row.map((step) => step[0]));
  };
  const mask = () =>
    tensor([
      [true, false, true, false],
      [false, true, false, false],
      [true, true, true, true],
    ]);

  test('by a mask keep their state and repeat their last output, zeros at first', () => {
    const rnn = new RNN(new SumCell(F), { returnSequences: true, returnState: true });
    const { output, state } = rnn.call(ones(), { mask: mask() });
    expect(first(output)).toEqual([
      [1, 1, 2, 2],
      [0, 1, 1, 1],
      [1, 2, 3, 4],
    ]);
    expect(state.toArray()).toEqual([
      [2, 2],
      [1, 1],
      [4, 4],
    ]);
  });

  test('give zeros with zeroOutputForMask, and the last output is still the last that counts', () => {
    const options = { zeroOutputForMask: true };
    const all = new RNN(new SumCell(F), { ...options, returnSequences: true });
    expect(first(all.call(ones(), { mask: mask() }))).toEqual([
      [1, 0, 2, 0],
      [0, 1, 0, 0],
      [1, 2, 3, 4],
    ]);
    const last = new RNN(new SumCell(F), options);
    expect(last.call(ones(), { mask: mask() }).toArray()).toEqual([
      [2, 2],
      [1, 1],
      [4, 4],
    ]);
  });

  test('by sequenceLengths keep their state and give zeros, as in dynamic_rnn', () => {
    const rnn = new RNN(new SumCell(F), { returnSequences: true, returnState: true });
    for (const sequenceLengths of [[2, 0, 3], tensor([2, 0, 3], [3], 'int32')]) {
      const { output, state } = rnn.call(ones(), { sequenceLengths });
      expect(first(output)).toEqual([
        [1, 2, 0, 0],
        [0, 0, 0, 0],
        [1, 2, 3, 0],
      ]);
      expect(slice(state, [0, 0], [-1, 1]).data()).toEqual(Float32Array.of(2, 0, 3));
    }
  });

  test('are masked in the order of the inputs when it goes backwards', () => {
    const rnn = new RNN(new SumCell(F), { returnSequences: true, goBackwards: true });
    const inputs = tensor(
      [1, 10, 100, 1000].flatMap((value) => [value, value]),
      [1, 4, F],
    );
    const { sequenceLengths } = { sequenceLengths: [2] };
    expect(first(rnn.call(inputs, { sequenceLengths }))).toEqual([[0, 0, 10, 11]]);
  });

  test('pass no gradient to their inputs, and the one of their last output to what made it', () => {
    using cell = new GRUCell(U, { biasInitializer: 'normal' });
    const inputs = new Parameter('inputs', x());
    const rnn = new RNN(cell, { returnSequences: true });
    const lengths = { sequenceLengths: [2, 5, 3] };
    rnn.build([B, T, F]);
    checkParameterGrads(() => rnn.call(inputs.value, lengths), [inputs, ...rnn.parameters()]);
    tidy(() => {
      const { gradients } = valueAndGrad(() => sum(rnn.call(inputs.value, lengths)), [inputs]);
      const padding = slice(gradients.get(inputs) ?? x(), [0, 2], [1, 3]);
      expect(padding.data()).toEqual(new Float32Array(3 * F));
    });
    inputs.dispose();
  });

  test('are refused in another shape, number or form', () => {
    using rnn = new RNN(new SumCell(F));
    expect(() => rnn.call(ones(), { mask: fill([4, 3], 1, 'bool') })).toThrow('of shape [3,4]');
    expect(() => rnn.call(ones(), { mask: fill([3, 4], 1) })).toThrow('a tensor of dtype bool');
    expect(() => rnn.call(ones(), { sequenceLengths: [1, 2] })).toThrow(
      '3 whole numbers in [0, 4]',
    );
    expect(() => rnn.call(ones(), { sequenceLengths: [1, 2, 5] })).toThrow(ValueError);
    const both = { mask: mask(), sequenceLengths: [1, 2, 3] };
    expect(() => rnn.call(ones(), both)).toThrow('absent when sequenceLengths');
  });
});
