// SPDX-License-Identifier: Apache-2.0
import { beforeAll, expect, it } from 'vitest';
import { bytesOf, gatheredLength, lengths, numbersOf, type Outcome } from './contract-testing.ts';

/** Half a unit in the last place of a float32, relative. */
const HALF_ULP = 2 ** -24;

/** Milliseconds for two groups to start, run and end. */
const START_TIMEOUT = 120_000;

/**
 * What every communicator must do, as tests of the surrounding `describe`.
 *
 * @param run runs `runContract` on every rank of a new group of `size`.
 */
export function itKeepsTheContract(size: number, run: () => Promise<readonly Outcome[]>): void {
  let outcomes: readonly Outcome[] = [];
  let secondRun: readonly Outcome[] = [];
  const ranks = Array.from({ length: size }, (_, rank) => rank);

  beforeAll(async () => {
    outcomes = await run();
    secondRun = await run();
  }, START_TIMEOUT);

  it('numbers the ranks from 0', () => {
    expect(outcomes.map(({ identity }) => identity)).toEqual(ranks.map((rank) => ({ rank, size })));
  });

  it('adds as float64 does, within size - 1 roundings to float32', () => {
    for (const { sums } of outcomes) {
      sums.forEach((sum, i) => {
        expectRoundedSum(
          sum,
          ranks.map((rank) => numbersOf(rank, lengths[i] ?? 0)),
        );
      });
    }
  });

  it('gives every rank the same bits', () => {
    for (const { sums } of outcomes) expect(sums).toEqual(outcomes[0]?.sums);
  });

  it('gives the same bits when called again, in the same group and in another', () => {
    for (const { sums, sumsAgain } of outcomes) expect(sumsAgain).toEqual(sums);
    expect(secondRun.map(({ sums }) => sums)).toEqual(outcomes.map(({ sums }) => sums));
  });

  it('broadcasts from every root', () => {
    const expected = ranks.map((root) => lengths.map((length) => bytesOf(root, length)));
    for (const { broadcasts } of outcomes) expect(broadcasts).toEqual(expected);
  });

  it('gathers arrays of different lengths, by rank', () => {
    const expected = lengths.map((length) => gatheredBytes(length));
    for (const { gathered } of outcomes) expect(gathered).toEqual(expected);
  });

  it('serves calls that overlap, in the order in which they were made', () => {
    for (const { overlapped, sums } of outcomes) {
      expect(overlapped.sums).toEqual(sums);
      expect(overlapped.broadcast).toEqual(bytesOf(0, 5000));
      expect(overlapped.gathered).toEqual(gatheredBytes(700));
    }
  });

  it('lets no rank leave a barrier before all have come', () => {
    const last = Math.max(...outcomes.map(({ barrier }) => barrier.arrived));
    for (const { barrier } of outcomes) expect(barrier.left).toBeGreaterThanOrEqual(last);
  });

  it('may be closed twice, and takes no call after that', () => {
    for (const { afterClose } of outcomes) {
      expect(afterClose).toBe('CommunicatorError: barrier: the communicator has been closed.');
    }
  });

  function gatheredBytes(length: number): Uint8Array[] {
    return ranks.map((rank) => bytesOf(rank, gatheredLength(rank, length)));
  }
}

/** |sum - Σ x| ≤ (n - 1) ulp/2 Σ|x|, which holds for every order of adding. */
function expectRoundedSum(sum: Float32Array, parts: readonly Float32Array[]): void {
  const wrong = [...sum.keys()].filter((i) => {
    const addends = parts.map((part) => part[i] ?? Number.NaN);
    const exact = addends.reduce((total, x) => total + x, 0);
    const magnitude = addends.reduce((total, x) => total + Math.abs(x), 0);
    const bound = (parts.length - 1) * HALF_ULP * (1 + parts.length * HALF_ULP) * magnitude;
    return !(Math.abs((sum[i] ?? Number.NaN) - exact) <= bound);
  });
  expect(wrong).toEqual([]);
}
