// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { ContiguousBatches, type TextWindow } from './contiguous-batches.ts';

/** Every id is its own place in the text, so that ids show where they came from. */
const places = (length: number) => Int32Array.from({ length }, (_, i) => i);

/** One row of a time-major array. */
const row = (values: Int32Array, { batch }: TextWindow, index: number) =>
  [...values].filter((_, i) => i % batch === index);

describe('ContiguousBatches', () => {
  it('lays out the picture of its documentation', () => {
    const batches = new ContiguousBatches(places(13), { batch: 2, window: 3 });
    expect([batches.rowLength, batches.batchesPerPass]).toEqual([6, 2]);
    const [first, second] = [batches.at(0), batches.at(1)];
    expect(row(first.inputs, first, 0)).toEqual([0, 1, 2]);
    expect(row(first.inputs, first, 1)).toEqual([6, 7, 8]);
    expect(row(second.inputs, second, 1)).toEqual([9, 10, 11]);
    expect(row(second.targets, second, 1)).toEqual([10, 11, 12]);
    expect([first.isFirst, second.isFirst, batches.at(2).isFirst]).toEqual([true, false, true]);
  });

  it('goes on in each row where the window before ended', () => {
    const batches = new ContiguousBatches(places(1000), { batch: 7, window: 11 });
    for (let step = 1; step < batches.batchesPerPass; step++) {
      const [before, after] = [batches.at(step - 1), batches.at(step)];
      for (let r = 0; r < 7; r++) {
        expect(row(after.inputs, after, r)[0]).toBe(row(before.targets, before, r).at(-1));
      }
    }
  });

  it.each([
    [1000, 7, 11],
    [1001, 8, 125],
    [97, 96, 5],
    [50, 1, 64],
  ])(
    'predicts each of %i characters once in %i rows, but the first and a rest',
    (n, batch, window) => {
      const batches = new ContiguousBatches(places(n), { batch, window });
      const inputs: number[] = [];
      const targets: number[] = [];
      for (let step = 0; step < batches.batchesPerPass; step++) {
        const next = batches.at(step);
        expect(next.inputs.length).toBe(next.time * batch);
        inputs.push(...next.inputs);
        targets.push(...next.targets);
      }
      const used = batches.rowLength * batch;
      expect(n - 1 - used).toBeLessThan(batch);
      expect(inputs.sort((a, b) => a - b)).toEqual([...places(used)]);
      expect(targets.sort((a, b) => a - b)).toEqual([...places(used)].map((place) => place + 1));
    },
  );

  it('starts the text again after a pass', () => {
    const batches = new ContiguousBatches(places(100), { batch: 3, window: 8 });
    expect(batches.at(batches.batchesPerPass + 2)).toEqual(batches.at(2));
  });

  it.each([1, 2, 3])('gives %i ranks together what one with all the rows reads', (ranks) => {
    const all = new ContiguousBatches(places(1000), { batch: 6, window: 7 });
    const shares = Array.from({ length: ranks }, (_, rank) => {
      return new ContiguousBatches(places(1000), { batch: 6 / ranks, window: 7, rank, ranks });
    });
    for (const step of [0, 5, all.batchesPerPass - 1]) {
      const whole = all.at(step);
      const rows = shares.flatMap((share) => {
        const window = share.at(step);
        expect(window.tokens * ranks).toBe(whole.tokens);
        return Array.from({ length: share.batch }, (_, r) => row(window.inputs, window, r));
      });
      expect(rows).toEqual(Array.from({ length: 6 }, (_, r) => row(whole.inputs, whole, r)));
    }
  });

  it('refuses a text with fewer characters than rows', () => {
    expect(() => new ContiguousBatches(places(8), { batch: 8, window: 2 })).toThrow(
      'ContiguousBatches: ids must be at least 9 for 8 rows, got 8. Use fewer rows.',
    );
  });

  it.each([
    [{ batch: 0, window: 2 }, 'batch must be a whole number of at least 1, got 0.'],
    [{ batch: 1, window: 2.5 }, 'window must be a whole number of at least 1, got 2.5.'],
    [{ batch: 1, window: 2, rank: 2, ranks: 2 }, 'rank must be a whole number in [0, 2), got 2.'],
  ])('refuses %o', (options, message) => {
    expect(() => new ContiguousBatches(places(9), options)).toThrow(message);
  });
});
