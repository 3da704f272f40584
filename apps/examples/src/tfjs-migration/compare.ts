// SPDX-License-Identifier: Apache-2.0
import type { Contestant } from './contestants.ts';
import type { Batch } from './data.ts';

/** Steps that a contestant makes before the next has its turn. */
const stepsInTurn = 5;

/** What a contestant has done so far. */
export interface Result {
  readonly name: string;
  /** Of each step, in nats. */
  readonly losses: readonly number[];
  /** Of each step. */
  readonly milliseconds: readonly number[];
}

/**
 * Lets every contestant train on the same batches, a few at a time in turn: whatever else slows the
 * machine down meets all of them. Gives the results after every step, in the contestants' order.
 */
export async function* compare(
  contestants: readonly Contestant[],
  batches: readonly Batch[],
): AsyncGenerator<readonly Result[]> {
  const results = contestants.map(({ name }) => ({
    name,
    losses: [] as number[],
    milliseconds: [] as number[],
  }));
  for (let first = 0; first < batches.length; first += stepsInTurn) {
    for (const [i, contestant] of contestants.entries()) {
      await contestant.enter();
      for (const batch of batches.slice(first, first + stepsInTurn)) {
        const start = performance.now();
        results[i]?.losses.push(await contestant.step(batch));
        results[i]?.milliseconds.push(performance.now() - start);
        yield results;
      }
    }
  }
}

/** The number in the middle of a list, the higher of two. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The largest difference between losses of one step, as a share of the loss. */
export function largestDifference(a: readonly number[], b: readonly number[]): number {
  const shared = a.slice(0, b.length);
  return Math.max(...shared.map((loss, i) => Math.abs((b[i] ?? Number.NaN) - loss) / loss));
}
