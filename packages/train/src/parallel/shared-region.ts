// SPDX-License-Identifier: Apache-2.0
import { type Call, callNames } from './call.ts';
import { SharedBarrier } from './shared-barrier.ts';

/** One of the two parts of a region that take turns. */
export type Half = 0 | 1;

/** Shape of a `SharedRegion`. */
export interface SharedRegionLayout {
  /** Number of ranks. */
  readonly size: number;
  /** Bytes that a rank hands over at a time; a multiple of 64. */
  readonly slotBytes: number;
}

/** Words of 32 bits that say what a rank calls: name, length, root. */
const CALL_WORDS = 3;
const CALLS_START = SharedBarrier.byteLength;

/** Slots begin at cache lines. Copies between places that lie askew go byte by byte, ten times slower. */
const ALIGNMENT = 64;

/**
 * A block of memory that all ranks see: a barrier, and in each of two halves a call and a slot for
 * every rank.
 *
 * ```
 * barrier │ calls of half 0 │ calls of half 1 │ slots of half 0 │ slots of half 1
 * ```
 *
 * The halves take turns: after a meeting a rank may write to one while slower ranks still read the
 * other.
 */
export class SharedRegion {
  readonly #calls: Uint32Array<SharedArrayBuffer>;
  readonly #slots: readonly Uint8Array<SharedArrayBuffer>[];
  readonly #size: number;

  /** Memory for a region, all zeros. */
  static allocate({ size, slotBytes }: SharedRegionLayout): SharedArrayBuffer {
    return new SharedArrayBuffer(slotsStart(size) + 2 * size * slotBytes);
  }

  /** @param buffer as `allocate` made it for the same layout. */
  constructor(buffer: SharedArrayBuffer, { size, slotBytes }: SharedRegionLayout) {
    this.#size = size;
    this.#calls = new Uint32Array(buffer, CALLS_START, 2 * size * CALL_WORDS);
    this.#slots = Array.from({ length: 2 * size }, (_, i) => {
      return new Uint8Array(buffer, slotsStart(size) + i * slotBytes, slotBytes);
    });
  }

  /** The slots of a half, by rank. */
  slots(half: Half): readonly Uint8Array<SharedArrayBuffer>[] {
    return this.#slots.slice(half * this.#size, (half + 1) * this.#size);
  }

  /** Says what a rank calls. */
  writeCall(half: Half, rank: number, { name, length, root }: Call): void {
    this.#calls.set([callNames.indexOf(name), length, root], this.#callStart(half, rank));
  }

  /** What the ranks said that they call, by rank. */
  readCalls(half: Half): Call[] {
    return Array.from({ length: this.#size }, (_, rank) => {
      const start = this.#callStart(half, rank);
      const [name = 0, length = 0, root = 0] = this.#calls.subarray(start, start + CALL_WORDS);
      return { name: callNames[name] ?? 'barrier', length, root };
    });
  }

  #callStart(half: Half, rank: number): number {
    return (half * this.#size + rank) * CALL_WORDS;
  }
}

function slotsStart(size: number): number {
  const callsEnd = CALLS_START + 2 * size * CALL_WORDS * 4;
  return Math.ceil(callsEnd / ALIGNMENT) * ALIGNMENT;
}
