// SPDX-License-Identifier: Apache-2.0
import { OutOfMemoryError, RuntimeError } from './errors.ts';

/** The linear memory that tensors live in, and its allocator. */
export interface Heap {
  /** The memory's current buffer. Growth replaces it: never keep it across an allocation. */
  readonly buffer: ArrayBuffer;
  /** Address of `bytes` free bytes, aligned to 8, or 0 when there is no room. */
  allocate(bytes: number): number;
  /** Gives back what `allocate` returned. */
  free(pointer: number): void;
}

/** Whoever else holds a storage's bytes and must be asked to give them back. */
export interface StorageOwner {
  release(): void;
}

/** Bytes held by live storages and the number of storages. */
export interface StorageCount {
  readonly storages: number;
  readonly bytes: number;
}

let attachedHeap: Heap | undefined;
let liveStorages = 0;
let liveBytes = 0;

/** Makes `heap` the memory of all storages made from now on. */
export function attachHeap(heap: Heap): void {
  attachedHeap = heap;
}

/**
 * The memory of all tensors.
 *
 * @throws RuntimeError before `init()` has finished.
 */
export function heap(): Heap {
  if (attachedHeap === undefined) {
    throw new RuntimeError(
      'tapeloop: no backend is ready. Write `await init()` once, before the first tensor.',
    );
  }
  return attachedHeap;
}

/** What live storages hold now. */
export function countStorages(): StorageCount {
  return { storages: liveStorages, bytes: liveBytes };
}

/**
 * A reference-counted block of the heap. Tensors, views and tapes share one storage; the bytes go
 * back to the heap when the last of them lets go.
 */
export class Storage {
  readonly pointer: number;
  readonly byteLength: number;
  /** Grows with every in-place write, so that a tape can tell that a saved value has changed. */
  version = 0;
  owner: StorageOwner | undefined;
  #references = 1;

  constructor(pointer: number, byteLength: number, owner?: StorageOwner) {
    this.pointer = pointer;
    this.byteLength = byteLength;
    this.owner = owner;
    liveStorages++;
    liveBytes += byteLength;
  }

  /**
   * A storage of `byteLength` bytes with unspecified contents.
   *
   * @throws OutOfMemoryError when the heap has no room; nothing is allocated then.
   */
  static allocate(byteLength: number): Storage {
    if (byteLength === 0) return new Storage(0, 0);
    const pointer = heap().allocate(byteLength);
    if (pointer === 0) {
      throw new OutOfMemoryError(
        `tapeloop: no room for ${byteLength} bytes: ${liveBytes} bytes are held by ` +
          `${liveStorages} tensors in a heap of ${heap().buffer.byteLength}. ` +
          'Dispose tensors, train on smaller batches or shorter windows, and try again.',
      );
    }
    return new Storage(pointer, byteLength);
  }

  get references(): number {
    return this.#references;
  }

  retain(): this {
    this.#references++;
    return this;
  }

  release(): void {
    this.#references--;
    if (this.#references > 0) return;
    liveStorages--;
    liveBytes -= this.byteLength;
    if (this.owner !== undefined) this.owner.release();
    else if (this.pointer !== 0) heap().free(this.pointer);
  }
}
