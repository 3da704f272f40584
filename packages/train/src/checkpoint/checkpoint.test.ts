// SPDX-License-Identifier: Apache-2.0
import {
  decodeSafetensors,
  encodeSafetensors,
  init,
  TapeloopError,
  tensor,
  tidy,
} from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mutations, readMalformed } from '../fuzz-testing.ts';
import type { RunState } from '../loop/run-state.ts';
import { decodeCheckpoint, encodeCheckpoint, withRunState } from './checkpoint.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const config = { hidden: 8, data: 'a "quoted" näme', nested: { list: [1, 2.5, null, true] } };

function withState<T>(use: (state: RunState) => T): T {
  return tidy(() =>
    use({
      tensors: new Map([
        ['model/kernel', tensor([0.1, -0, 1e-40, 3.4e38], [2, 2])],
        ['optimizer/adam/m/kernel', tensor([1, 2, 3, 4], [4])],
        ['carried/0', tensor([7, -7], [1, 2], 'int32')],
      ]),
      counters: { step: 12, bestLoss: 0.1 + 0.2, sinceBest: 3 },
      optimizer: { iterations: 12, learningRateScale: 1 / 3 },
      random: [
        new Map([['rnn/output', { key: [1, 2 ** 32 - 1], counter: [5, 0, 0, 9] } as const]]),
        new Map(),
      ],
    }),
  );
}

const written = () => withState((state) => encodeCheckpoint(state, config));

describe('a checkpoint', () => {
  it('gives back every bit, of tensors and of numbers', () => {
    const saved = decodeCheckpoint(written());
    expect(saved.config).toEqual(config);
    withState((state) => {
      expect(saved.counters).toEqual(state.counters);
      expect(saved.optimizer).toEqual(state.optimizer);
      expect(saved.random).toEqual(state.random);
      withRunState(saved, (read) => {
        expect([...read.tensors.keys()].sort()).toEqual([...state.tensors.keys()].sort());
        for (const [name, value] of state.tensors) {
          const back = read.tensors.get(name);
          expect(back?.shape).toEqual(value.shape);
          expect(back?.data()).toEqual(value.data());
        }
      });
    });
  });

  it('of equal runs has equal bytes', () => {
    expect(written()).toEqual(written());
  });

  it('with any one bit of its data or of its texts changed is refused', () => {
    const bytes = written();
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      expect(() => decodeCheckpoint(changed, { source: 'run.safetensors' })).toThrow(
        /^decode(Checkpoint|Safetensors): run\.safetensors: /,
      );
    }
  });

  it('that is damaged in any of 5000 ways is refused by an error that names it, or read the same', () => {
    const bytes = written();
    const expected = decodeCheckpoint(bytes);
    const { read, refused } = readMalformed({
      files: mutations(bytes, 21, 5000),
      source: 'run.safetensors',
      error: TapeloopError,
      read: (file, source) => decodeCheckpoint(file, { source }),
      check: (saved) => expect(saved).toEqual(expected),
      bytesPerByte: 64,
    });
    expect(read + refused).toBe(5000);
    expect(refused).toBeGreaterThan(4900);
  });

  it('of another version, or a file of tensors alone, is refused with the reason', () => {
    const { metadata } = decodeSafetensors(written());
    const other = encodeSafetensors({}, { ...metadata, version: '2' });
    expect(() => decodeCheckpoint(other)).toThrow(
      'decodeCheckpoint: bytes: it has version 2; this program reads version 1.',
    );
    expect(() => decodeCheckpoint(encodeSafetensors({}))).toThrow(
      'it holds tensors, but no run of Tapeloop.',
    );
  });
});
