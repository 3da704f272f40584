// SPDX-License-Identifier: Apache-2.0
import { checkRoot } from './call.ts';
import { CallQueue } from './call-queue.ts';
import type { Communicator } from './communicator.ts';

/** The communicator of a run in one process: nobody to talk to. */
export class SingleProcess implements Communicator {
  readonly rank = 0;
  readonly size = 1;
  readonly #queue = new CallQueue();

  /** The sum of one array is the array. */
  allReduce(_values: Float32Array): Promise<void> {
    return this.#queue.run('allReduce', () => undefined);
  }

  /** Leaves the bytes as they are. @throws ValueError when `root` is not 0. */
  async broadcast(_bytes: Uint8Array, root = 0): Promise<void> {
    checkRoot(root, 1);
    await this.#queue.run('broadcast', () => undefined);
  }

  /** A copy of the bytes. */
  allGather(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>[]> {
    return this.#queue.run('allGather', () => [new Uint8Array(bytes)]);
  }

  barrier(): Promise<void> {
    return this.#queue.run('barrier', () => undefined);
  }

  close(): Promise<void> {
    return this.#queue.close(() => undefined);
  }
}
