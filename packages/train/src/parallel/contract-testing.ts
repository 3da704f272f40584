// SPDX-License-Identifier: Apache-2.0
import type { Communicator } from './communicator.ts';
import { sharedBuffer } from './shared-buffer.ts';

/** Bytes of a slot in the contract's groups: small, so that arrays of a few thousand need many. */
export const slotBytes = 4096;

/** Elements: none, one, odd, one slot, one more than a slot, many slots and an odd rest. */
export const lengths: readonly number[] = [0, 1, 3, 1024, 1025, 20_007];

/** What one rank saw. */
export interface Outcome {
  readonly identity: { readonly rank: number; readonly size: number };
  /** The sum of each length; then each once more. */
  readonly sums: readonly Float32Array[];
  readonly sumsAgain: readonly Float32Array[];
  /** By root, then by length. */
  readonly broadcasts: readonly (readonly Uint8Array[])[];
  /** By length, then by rank. */
  readonly gathered: readonly (readonly Uint8Array[])[];
  readonly overlapped: {
    readonly sums: readonly Float32Array[];
    readonly broadcast: Uint8Array;
    readonly gathered: readonly Uint8Array[];
  };
  /** Milliseconds of the machine's clock. */
  readonly barrier: { readonly arrived: number; readonly left: number };
  /** What the calls after `close` threw. */
  readonly afterClose: string;
}

/** A rank's numbers, of magnitudes so different that every order of adding has its own bits. */
export function numbersOf(rank: number, length: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length }, (_, i) => {
    return Math.cos(i * 1.7 + rank * 0.9) * 10 ** ((i + 3 * rank) % 7);
  });
}

/** A rank's bytes. */
export function bytesOf(rank: number, length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => 127 + 128 * Math.sin(i * 0.3 + rank));
}

/** How many bytes a rank brings to a gathering: all different, from none on. */
export function gatheredLength(rank: number, length: number): number {
  return rank * length;
}

/** Makes every call of the contract, as one rank of a group. */
export async function runContract(communicator: Communicator): Promise<Outcome> {
  const { rank, size } = communicator;
  const outcome = {
    identity: { rank, size },
    sums: await sumsOf(communicator),
    sumsAgain: await sumsOf(communicator),
    broadcasts: await broadcastsOf(communicator),
    gathered: await gatherings(communicator),
    overlapped: await overlappedCalls(communicator),
    barrier: await meetLate(communicator),
  };
  await communicator.close();
  await communicator.close();
  return { ...outcome, afterClose: await failureOf(communicator.barrier()) };
}

async function sumsOf(communicator: Communicator): Promise<Float32Array[]> {
  const sums = lengths.map((length) => numbersOf(communicator.rank, length));
  for (const values of sums) await communicator.allReduce(values);
  return sums;
}

async function broadcastsOf(communicator: Communicator): Promise<Uint8Array[][]> {
  const all: Uint8Array[][] = [];
  for (let root = 0; root < communicator.size; root++) {
    const each = lengths.map((length) => bytesOf(communicator.rank, length));
    for (const bytes of each) await communicator.broadcast(bytes, root);
    all.push(each);
  }
  return all;
}

async function gatherings(communicator: Communicator): Promise<Uint8Array[][]> {
  const all: Uint8Array[][] = [];
  for (const length of lengths) {
    const { rank } = communicator;
    all.push(await communicator.allGather(bytesOf(rank, gatheredLength(rank, length))));
  }
  return all;
}

/** Many calls of all kinds under way at once; numbers in shared memory, as staging buffers are. */
async function overlappedCalls(communicator: Communicator): Promise<Outcome['overlapped']> {
  const { rank } = communicator;
  const sums = lengths.map((length) => {
    const values = new Float32Array(sharedBuffer(4 * length));
    values.set(numbersOf(rank, length));
    return values;
  });
  const broadcast = bytesOf(rank, 5000);
  const [gathered] = await Promise.all([
    communicator.allGather(bytesOf(rank, gatheredLength(rank, 700))),
    communicator.broadcast(broadcast),
    ...sums.map((values) => communicator.allReduce(values)),
    communicator.barrier(),
  ]);
  return { sums: sums.map((values) => values.slice()), broadcast, gathered };
}

/** Comes the later the higher the rank. */
async function meetLate(communicator: Communicator): Promise<Outcome['barrier']> {
  await new Promise((resolve) => setTimeout(resolve, 40 * communicator.rank));
  const arrived = Date.now();
  await communicator.barrier();
  return { arrived, left: Date.now() };
}

/** What a call throws; empty when it does not. */
async function failureOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => '',
    (error: unknown) => String(error),
  );
}
