// SPDX-License-Identifier: Apache-2.0
import { type Call, checkRoot, checkSameCall } from './call.ts';
import { CallQueue } from './call-queue.ts';
import type { Communicator } from './communicator.ts';
import { CommunicatorError } from './communicator-error.ts';
import { addInto, pieces, segmentOf } from './rank-segments.ts';
import { SharedBarrier } from './shared-barrier.ts';
import { type Half, SharedRegion } from './shared-region.ts';

/** What the threads of a group share; a message can carry it. */
export interface SharedGroup {
  /** Number of ranks. */
  readonly size: number;
  /** Bytes that a rank hands over at a time; a multiple of 64. */
  readonly slotBytes: number;
  /** Milliseconds that a rank waits for the others. Absent: for ever. */
  readonly timeout?: number | undefined;
  /** As `SharedRegion.allocate` made it. */
  readonly buffer: SharedArrayBuffer;
}

/**
 * A communicator of threads over memory that all of them see. Each rank adds up its own segment of
 * every rank's array, in the order of the ranks, and all fetch the sums: a reduce-scatter and an
 * all-gather. Arrays larger than a slot go piece by piece.
 *
 * A rank sleeps, and blocks its thread, while it waits for the others. Threads that may not sleep,
 * such as a page's main thread, cannot be ranks.
 */
export class SharedMemoryCommunicator implements Communicator {
  readonly rank: number;
  readonly size: number;
  readonly #region: SharedRegion;
  readonly #barrier: SharedBarrier;
  readonly #slotBytes: number;
  readonly #queue = new CallQueue();
  #half: Half = 0;

  constructor(rank: number, group: SharedGroup) {
    this.rank = rank;
    this.size = group.size;
    this.#region = new SharedRegion(group.buffer, group);
    this.#barrier = new SharedBarrier(group.buffer, group.size, group);
    this.#slotBytes = group.slotBytes;
  }

  allReduce(values: Float32Array): Promise<void> {
    const call: Call = { name: 'allReduce', length: values.length, root: 0 };
    return this.#run(call, () => {
      for (const { start, end } of pieces(values.length, this.#slotBytes / 4)) {
        this.#reducePiece(call, values.subarray(start, end));
      }
    });
  }

  /** @throws ValueError when `root` is no rank. */
  async broadcast(bytes: Uint8Array, root = 0): Promise<void> {
    checkRoot(root, this.size);
    const call: Call = { name: 'broadcast', length: bytes.length, root };
    await this.#run(call, () => {
      for (const { start, end } of pieces(bytes.length, this.#slotBytes)) {
        this.#broadcastPiece(call, bytes.subarray(start, end));
      }
    });
  }

  allGather(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>[]> {
    const call: Call = { name: 'allGather', length: bytes.length, root: 0 };
    return this.#run(call, () => this.#gather(call, bytes));
  }

  barrier(): Promise<void> {
    const call: Call = { name: 'barrier', length: 0, root: 0 };
    return this.#run(call, () => {
      this.#meet(call);
      this.#turn();
    });
  }

  close(): Promise<void> {
    return this.#queue.close(() => this.#leave('has closed its communicator'));
  }

  /** A call that fails here must not let the others wait. */
  #run<T>({ name }: Call, call: () => T): Promise<T> {
    return this.#queue.run(name, () => {
      try {
        return call();
      } catch (error) {
        this.#leave(`has stopped: ${String(error)}`);
        throw error;
      }
    });
  }

  #leave(reason: string): void {
    this.#barrier.break(new CommunicatorError(`rank ${this.rank} ${reason}`, this.rank));
  }

  #reducePiece(call: Call, piece: Float32Array): void {
    const slots = this.#region.slots(this.#half).map(asFloats);
    const { start, end } = segmentOf(this.rank, this.size, piece.length);
    const [sums, ...rest] = slots.map((slot) => slot.subarray(start, end));
    slots[this.rank]?.set(piece);
    this.#meet(call);
    if (sums !== undefined) for (const addend of rest) addInto(sums, addend);
    this.#barrier.wait();
    // The sums of all segments are where rank 0 had put its own.
    const [all] = slots;
    if (all !== undefined) piece.set(all.subarray(0, piece.length));
    this.#turn();
  }

  #broadcastPiece(call: Call, piece: Uint8Array): void {
    const slot = this.#region.slots(this.#half)[call.root];
    if (this.rank === call.root) slot?.set(piece);
    this.#meet(call);
    if (this.rank !== call.root && slot !== undefined) piece.set(slot.subarray(0, piece.length));
    this.#turn();
  }

  #gather(call: Call, bytes: Uint8Array): Uint8Array<ArrayBuffer>[] {
    let gathered: Uint8Array<ArrayBuffer>[] = [];
    let longest = 0;
    let start = 0;
    do {
      const slots = this.#region.slots(this.#half);
      slots[this.rank]?.set(bytes.subarray(start, start + this.#slotBytes));
      const lengths = this.#meet(call).map(({ length }) => length);
      if (start === 0) gathered = lengths.map((length) => new Uint8Array(length));
      for (const [rank, all] of gathered.entries()) copyPiece(slots[rank], all, start);
      this.#turn();
      longest = Math.max(...lengths);
      start += this.#slotBytes;
    } while (start < longest);
    return gathered;
  }

  /** Waits for all ranks. @throws CommunicatorError when they called different things. */
  #meet(call: Call): readonly Call[] {
    this.#region.writeCall(this.#half, this.rank, call);
    this.#barrier.wait();
    const calls = this.#region.readCalls(this.#half);
    for (const [rank, theirs] of calls.entries()) checkSameCall(call, rank, theirs);
    return calls;
  }

  #turn(): void {
    this.#half = this.#half === 0 ? 1 : 0;
  }
}

function asFloats({ buffer, byteOffset, byteLength }: Uint8Array<SharedArrayBuffer>) {
  return new Float32Array(buffer, byteOffset, byteLength / 4);
}

/** Copies from a slot the part of `all` that begins at `start`. */
function copyPiece(slot: Uint8Array | undefined, all: Uint8Array, start: number): void {
  const part = all.subarray(start, start + (slot?.length ?? 0));
  if (slot !== undefined) part.set(slot.subarray(0, part.length));
}

/** Lets no rank of a group wait for another any longer; for those who are no rank of it. */
export function breakShared({ buffer, size }: SharedGroup, error: CommunicatorError): void {
  new SharedBarrier(buffer, size).break(error);
}
