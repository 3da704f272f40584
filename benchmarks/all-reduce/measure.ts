// SPDX-License-Identifier: Apache-2.0
import type { Communicator } from '@tapeloop/train';

/** What every rank of a group measures. */
export interface Plan {
  /** Sizes of arrays in bytes, multiples of 4. */
  readonly sizes: readonly number[];
  /** Bytes to add for each size, in repetitions of at least 3. */
  readonly bytesInAll: number;
}

/** Milliseconds of each repetition with one size, as rank 0 saw them. */
export interface Times {
  readonly bytes: number;
  readonly allReduce: readonly number[];
  /** Of a plain copy of as many bytes, which all ranks make at the same time. */
  readonly copy: readonly number[];
}

/** Adds arrays of each size over and over. @throws Error when a sum is wrong. */
export async function measure(communicator: Communicator, plan: Plan): Promise<Times[]> {
  const all: Times[] = [];
  for (const bytes of plan.sizes) all.push(await measureSize(communicator, bytes, plan));
  return all;
}

async function measureSize(
  communicator: Communicator,
  bytes: number,
  { bytesInAll }: Plan,
): Promise<Times> {
  const { rank, size } = communicator;
  const values = new Float32Array(new SharedArrayBuffer(bytes));
  const copy = new Float32Array(values.length);
  const times = { bytes, allReduce: [] as number[], copy: [] as number[] };
  const repetitions = Math.max(3, Math.min(1000, Math.floor(bytesInAll / bytes)));
  for (let i = -2; i < repetitions; i++) {
    values.fill(rank + 1);
    await communicator.barrier();
    const start = performance.now();
    await communicator.allReduce(values);
    const added = performance.now();
    await communicator.barrier();
    const copying = performance.now();
    copy.set(values);
    const copied = performance.now();
    checkSum(copy, (size * (size + 1)) / 2);
    // The first two are for the compiler.
    if (i < 0) continue;
    times.allReduce.push(added - start);
    times.copy.push(copied - copying);
  }
  return times;
}

function checkSum(sums: Float32Array, expected: number): void {
  const ends = [sums[0], sums.at(-1)];
  if (ends.every((sum) => sum === expected)) return;
  throw new Error(`all-reduce: sums must be ${expected}, got ${ends.join(' and ')}.`);
}
