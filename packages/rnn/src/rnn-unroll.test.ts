// SPDX-License-Identifier: Apache-2.0
import { GradientTape, init, memory, sum, type Tensor, tidy, valueAndGrad } from '@tapeloop/core';
import { cosines, trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LSTMCell } from './lstm-cell.ts';
import { RNN } from './rnn.ts';
import type { CellResult } from './rnn-cell.ts';
import type { SequenceInputs, SequencePlan } from './sequence.ts';
import { SimpleRNNCell } from './simple-rnn-cell.ts';
import { SumCell } from './testing/index.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const [B, T, F, U] = [3, 5, 2, 4];
const x = () => cosines([B, T, F]);

test('a cell that can run whole sequences is asked to, but not with unroll', () => {
  const asked: SequenceInputs<Tensor>[] = [];
  class Whole extends SumCell {
    override canRunSequence({ isMasked }: SequencePlan) {
      return !isMasked;
    }
    protected override sequence(inputs: SequenceInputs<Tensor>) {
      asked.push(inputs);
      return { outputs: inputs.inputs, state: inputs.state };
    }
  }
  const cell = new Whole(F);
  const rnn = new RNN(cell, { returnSequences: true });
  expect(rnn.call(x(), { training: true }).data()).toEqual(x().data());
  const plan = { training: true, time: T, batch: B, features: F, goBackwards: false };
  expect(asked[0]?.plan).toEqual({ ...plan, isMasked: false, hasStateMasks: false });
  expect(asked[0]?.inputs.shape).toEqual([T, B, F]);
  const unrolled = new RNN(cell, { returnSequences: true, unroll: true });
  expect(unrolled.call(x()).data()).not.toEqual(x().data());
  rnn.call(x(), { sequenceLengths: [1, 2, 3] });
  expect(asked).toHaveLength(1);
});

describe('long sequences', () => {
  test('of 10,000 steps have no stack to overflow, forward or backward', () => {
    using cell = new SimpleRNNCell(2);
    const rnn = new RNN(cell);
    tidy(() => {
      const inputs = cosines([1, 10_000, 2]);
      rnn.build([1, 1, 2]);
      const { gradients } = valueAndGrad(() => sum(rnn.call(inputs)), rnn.parameters());
      for (const gradient of gradients.values()) {
        expect(gradient.data().every(Number.isFinite)).toBe(true);
      }
    });
  });

  test('take, without a tape, no more memory for steps than for one', () => {
    let highest = 0;
    class Watched extends SumCell {
      protected override step(inputs: Tensor, state: Tensor): CellResult<Tensor> {
        const result = super.step(inputs, state);
        highest = Math.max(highest, memory().bytes);
        return result;
      }
    }
    const rnn = new RNN(new Watched(F));
    const bytesOver = (steps: number) =>
      tidy(() => {
        const inputs = cosines([1, steps, F]);
        const before = memory().bytes;
        highest = 0;
        rnn.call(inputs);
        // The time-major copy of the inputs is a view for one row.
        return highest - before;
      });
    expect(bytesOver(1000)).toBe(bytesOver(10));
  });

  test('save on a tape what each step needs, as much for each step', () => {
    using cell = new LSTMCell(U);
    const rnn = new RNN(cell);
    rnn.build([B, T, F]);
    const savedOver = (steps: number) =>
      tidy(() => {
        using tape = new GradientTape();
        tape.record(() => tidy(() => rnn.call(cosines([B, steps, F])).data()));
        return memory().tensors;
      });
    const [ten, twenty, thirty] = [10, 20, 30].map(savedOver) as [number, number, number];
    expect(thirty - twenty).toBe(twenty - ten);
  });
});
