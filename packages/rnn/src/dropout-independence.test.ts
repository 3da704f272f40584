// SPDX-License-Identifier: Apache-2.0
import { init, ones, type Seed, type Tensor } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { claimIndependent, claimSixSigma } from '@tapeloop/layers/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DropoutWrapper } from './dropout-wrapper.ts';
import { RNN } from './rnn.ts';
import { RNNCellDropoutWrapper } from './rnn-cell-dropout-wrapper.ts';
import { withRun } from './run.ts';
import { EchoCell } from './testing/index.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const SIZE = 100;
const seeds: readonly Seed[] = [7, { graphSeed: 2, opSeed: 10 }];
const pairs = (count: number) =>
  Array.from({ length: count }, (_, i) => i).flatMap((i) =>
    Array.from({ length: i }, (_, j) => [i, j] as const),
  );

describe.each(seeds)('with the seed %j', (seed) => {
  describe.each([0.3, 0.5, 0.9])('and a keep probability of %d', (p) => {
    const cell = () => new EchoCell<Tensor, Tensor>({ stateSize: SIZE, outputSize: SIZE });

    test('the masks of steps and of rows of a sequence are independent, and keep their share', () => {
      const rnn = new RNN(new DropoutWrapper(cell(), { outputKeepProb: p, seed }), {
        returnSequences: true,
      });
      const [steps, rows] = [6, 40];
      const y = rnn.call(ones([rows, steps, SIZE]), { training: true });
      const values = y.toArray() as number[][][];
      const kept = [...y.data()].filter((value) => value !== 0).length;
      claimSixSigma(kept, y.size, p);
      const step = (t: number) => values.flatMap((row) => row[t] ?? []);
      for (const [s, t] of pairs(steps)) claimIndependent(step(s), step(t), p);
      const row = (r: number) => values[r]?.flat() ?? [];
      for (const [r, s] of pairs(rows)) claimIndependent(row(r), row(s), p);
    });

    test.each([{}, { variationalRecurrent: true, dtype: 'float32' }] as const)(
      'the masks of the leaves of a state are independent (%j)',
      (mode) => {
        const size = [SIZE, { a: SIZE, b: [SIZE, SIZE] }];
        const state = () => [
          ones([1, SIZE]),
          { a: ones([1, SIZE]), b: [ones([1, SIZE]), ones([1, SIZE])] },
        ];
        const wrapper = new RNNCellDropoutWrapper(
          new EchoCell<unknown, Tensor>({ stateSize: size, outputSize: SIZE }),
          { stateKeepProb: p, seed, ...mode },
        );
        const leaves: number[][] = [[], [], [], []];
        for (let run = 0; run < 20; run++) {
          const next = withRun(() => wrapper.call(ones([1, SIZE]), state()).state);
          const [first, { a, b }] = next as [Tensor, { a: Tensor; b: [Tensor, Tensor] }];
          [first, a, ...b].forEach((leaf, i) => leaves[i]?.push(...leaf.data()));
        }
        const mean =
          leaves.flat().reduce((total, value) => total + value, 0) / leaves.flat().length;
        const deviation = Math.sqrt((1 - p) / p / leaves.flat().length);
        expect(Math.abs(mean - 1)).toBeLessThanOrEqual(6 * deviation);
        for (const [i, j] of pairs(4)) claimIndependent(leaves[i] ?? [], leaves[j] ?? [], p);
      },
    );

    test('the variational masks of input, output and state, and of runs, are independent', () => {
      const options = {
        variationalRecurrent: true,
        dtype: 'float32',
        inputSize: SIZE,
        seed,
      } as const;
      const draw = (which: 'inputKeepProb' | 'outputKeepProb' | 'stateKeepProb') => {
        const wrapper = new DropoutWrapper(cell(), { ...options, [which]: p });
        return Array.from({ length: 20 }, () => {
          const { output, state } = withRun(() => wrapper.call(ones([1, SIZE]), ones([1, SIZE])));
          return [...(which === 'stateKeepProb' ? state : output).data()];
        });
      };
      const masks = [draw('inputKeepProb'), draw('outputKeepProb'), draw('stateKeepProb')];
      for (const [i, j] of pairs(3)) {
        claimIndependent(masks[i]?.flat() ?? [], masks[j]?.flat() ?? [], p);
      }
      for (const runs of masks) {
        claimIndependent(runs.slice(1).flat(), runs.slice(0, -1).flat(), p);
        claimSixSigma(runs.flat().filter((value) => value !== 0).length, 20 * SIZE, p);
      }
    });
  });
});
