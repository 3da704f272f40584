// SPDX-License-Identifier: Apache-2.0
import { type Call, checkRoot } from './call.ts';
import { CallQueue } from './call-queue.ts';
import type { Communicator } from './communicator.ts';
import type { CommunicatorError } from './communicator-error.ts';
import { Mailbox } from './mailbox.ts';
import { addInto, segmentOf } from './rank-segments.ts';

/**
 * A communicator of threads that send each other messages, for pages that are not cross-origin
 * isolated and so have no shared memory. It adds what `SharedMemoryCommunicator` adds, in the same
 * order: the bits are the same.
 *
 * A rank waits without blocking its thread.
 */
export class MessageCommunicator implements Communicator {
  readonly rank: number;
  readonly size: number;
  readonly #peers: readonly Mailbox[];
  readonly #queue = new CallQueue();

  /** @param ports one to each other rank, by rank; none at `rank`. The communicator closes them. */
  constructor(rank: number, ports: readonly (MessagePort | undefined)[]) {
    this.rank = rank;
    this.size = ports.length;
    this.#peers = ports.flatMap((port, peer) =>
      port === undefined ? [] : new Mailbox(peer, port),
    );
  }

  allReduce(values: Float32Array): Promise<void> {
    return this.#queue.run('allReduce', () => this.#reduce(values));
  }

  /** @throws ValueError when `root` is no rank. */
  async broadcast(bytes: Uint8Array, root = 0): Promise<void> {
    checkRoot(root, this.size);
    const call: Call = { name: 'broadcast', length: bytes.length, root };
    await this.#queue.run('broadcast', async () => {
      const from = this.#peers.find((peer) => peer.rank === root);
      if (from === undefined) this.#sendAll(call, bytes);
      else bytes.set(new Uint8Array(await from.receive(call)));
    });
  }

  allGather(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>[]> {
    const call: Call = { name: 'allGather', length: bytes.length, root: 0 };
    return this.#queue.run('allGather', async () => {
      this.#sendAll(call, bytes);
      const gathered = await this.#receiveAll(call, new Uint8Array(bytes).buffer);
      return gathered.map((each) => new Uint8Array(each));
    });
  }

  barrier(): Promise<void> {
    const call: Call = { name: 'barrier', length: 0, root: 0 };
    return this.#queue.run('barrier', async () => {
      this.#sendAll(call, new Uint8Array(0));
      await this.#receiveAll(call, new ArrayBuffer(0));
    });
  }

  close(): Promise<void> {
    return this.#queue.close(() => {
      for (const peer of this.#peers) peer.close();
    });
  }

  /** Ends every call that waits for another rank, and all later ones, with `error`. */
  fail(error: CommunicatorError): void {
    for (const peer of this.#peers) peer.end(error);
  }

  async #reduce(values: Float32Array): Promise<void> {
    const call: Call = { name: 'allReduce', length: values.length, root: 0 };
    for (const peer of this.#peers) {
      const { start, end } = segmentOf(peer.rank, this.size, values.length);
      peer.send(call, new Float32Array(values.subarray(start, end)).buffer);
    }
    const { start, end } = segmentOf(this.rank, this.size, values.length);
    const own = new Float32Array(values.subarray(start, end));
    const sum = addUp(await this.#receiveAll(call, own.buffer));
    this.#sendAll(call, new Uint8Array(sum));
    const sums = await this.#receiveAll(call, sum);
    for (const [rank, segment] of sums.entries()) {
      values.set(new Float32Array(segment), segmentOf(rank, this.size, values.length).start);
    }
  }

  #sendAll(call: Call, bytes: Uint8Array): void {
    for (const peer of this.#peers) peer.send(call, new Uint8Array(bytes).buffer);
  }

  /** What all ranks have sent, by rank, with this rank's `own` in its place. */
  async #receiveAll(call: Call, own: ArrayBuffer): Promise<ArrayBuffer[]> {
    const received: ArrayBuffer[] = [];
    for (const peer of this.#peers) received.push(await peer.receive(call));
    return received.toSpliced(this.rank, 0, own);
  }
}

/** The sum of arrays of float32, in their order; it may take the place of the first. */
function addUp(parts: readonly ArrayBuffer[]): ArrayBuffer {
  const [sum = new Float32Array(0), ...rest] = parts.map((part) => new Float32Array(part));
  for (const addend of rest) addInto(sum, addend);
  return sum.buffer;
}
