// SPDX-License-Identifier: Apache-2.0
import { init, RandomStream } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BucketedBatches, chunks, shuffled } from './bucketed-batches.ts';

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
});

describe('shuffled', () => {
  it('keeps every item, moves most, and moves on its stream', () => {
    const items = Array.from({ length: 500 }, (_, i) => i);
    const stream = new RandomStream(5);
    const [once, twice] = [shuffled(items, stream), shuffled(items, stream)];
    expect(once.toSorted((a, b) => a - b)).toEqual(items);
    expect(once.filter((item, i) => item === i).length).toBeLessThan(10);
    expect(twice).not.toEqual(once);
  });
});

describe('chunks', () => {
  it('cuts in order; the last may be shorter', () => {
    expect(chunks([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
    expect(chunks([], 2)).toEqual([]);
  });
});
