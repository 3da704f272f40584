// SPDX-License-Identifier: Apache-2.0
import { init, RandomStream } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BucketedBatches } from './bucketed-batches.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

/** Examples that tell their number and, from 3 to 12, their length. */
const examples = Array.from({ length: 1003 }, (_, i) => ({ i, length: 3 + ((i * 7) % 10) }));

function batchesOf({ batch = 16, seed = 1 } = {}) {
  const lengthOf = (example: { length: number }) => example.length;
  return new BucketedBatches(examples, { batch, lengthOf, stream: new RandomStream(seed) });
}

/** The examples of one pass, batch by batch. */
const passOf = (batches: ReturnType<typeof batchesOf>, pass: number) =>
  Array.from({ length: batches.batchesPerPass }, (_, i) =>
    batches.at(pass * batches.batchesPerPass + i).map((example) => example.i),
  );

describe('BucketedBatches', () => {
  it('gives every example once in a pass, in full batches but one', () => {
    const pass = passOf(batchesOf(), 0);
    expect(pass.flat().sort((a, b) => a - b)).toEqual(examples.map(({ i }) => i));
    const sizes = pass.map((batch) => batch.length).sort((a, b) => a - b);
    expect(sizes).toEqual([11, ...Array<number>(62).fill(16)]);
  });

  it('puts examples of similar length together: less than 2 % would be padding', () => {
    const batches = batchesOf();
    const lengths = Array.from({ length: batches.batchesPerPass }, (_, step) =>
      batches.at(step).map(({ length }) => length),
    );
    const padded = lengths.reduce((sum, rows) => sum + Math.max(...rows) * rows.length, 0);
    const needed = lengths.flat().reduce((sum, length) => sum + length, 0);
    expect(padded / needed).toBeLessThan(1.02);
    const firstLengths = lengths.map(([first]) => first);
    expect(firstLengths).not.toEqual(firstLengths.toSorted((a = 0, b = 0) => a - b));
  });

  it('has an order of its own for each pass and seed, and the same again for the same', () => {
    const [first, second] = [passOf(batchesOf(), 0), passOf(batchesOf(), 1)];
    expect(second).not.toEqual(first);
    expect(passOf(batchesOf({ seed: 2 }), 0)).not.toEqual(first);
    const again = batchesOf();
    expect([passOf(again, 1), passOf(again, 0)]).toEqual([second, first]);
  });

  it.each([2, 3, 7])('shares each batch out among %i ranks', (ranks) => {
    const lengthOf = (example: { length: number }) => example.length;
    const stream = new RandomStream(1);
    const all = new BucketedBatches(examples, { batch: 4 * ranks, lengthOf, stream });
    const shares = Array.from({ length: ranks }, (_, rank) => {
      return new BucketedBatches(examples, { batch: 4, lengthOf, stream, rank, ranks });
    });
    for (let step = 0; step < 2 * (shares[0]?.batchesPerPass ?? 0); step++) {
      const parts = shares.map((share) => share.at(step));
      for (const part of parts) expect(part.length).toBeGreaterThan(0);
      const pass = Math.floor(step / (shares[0]?.batchesPerPass ?? 1));
      const whole = all.at(step + pass * (all.batchesPerPass - (shares[0]?.batchesPerPass ?? 0)));
      const byNumber = (a: { i: number }, b: { i: number }) => a.i - b.i;
      expect(parts.flat().sort(byNumber)).toEqual(whole.toSorted(byNumber));
    }
  });

  it.each([
    [{ batch: 0 }, 'batch must be a whole number of at least 1, got 0.'],
    [{ batch: 1, rank: 2, ranks: 2 }, 'rank must be a whole number in [0, 2), got 2.'],
    [{ batch: 1, ranks: 2000 }, 'examples must be at least 2000, got 1003.'],
  ])('refuses %o', (options, message) => {
    const all = { lengthOf: () => 1, stream: new RandomStream(1), ...options };
    expect(() => new BucketedBatches(examples, all)).toThrow(message);
  });
});
