// SPDX-License-Identifier: Apache-2.0
// A heap of float64 numbers for references, so that central differences of them see no rounding to float32.

import type { ReferenceHeap } from './reference/heap.ts';
import type { Placer } from './sequence-testing.ts';

/** Numbers at addresses four apart, as if they were float32. */
export class Float64Heap implements ReferenceHeap, Placer {
  readonly #values = new Float64Array(1 << 15);
  readonly #bytes = new Map<number, number>();
  #top = 1;

  floats(pointer: number) {
    const first = pointer / 4;
    return {
      get: (index: number) => this.#values[first + index] ?? Number.NaN,
      set: (index: number, value: number) => {
        this.#values[first + index] = value;
      },
    };
  }

  uint32(pointer: number): number {
    return this.#values[pointer / 4] ?? Number.NaN;
  }

  uint8(pointer: number): number {
    return this.#bytes.get(pointer) ?? Number.NaN;
  }

  input(values: Float64Array): number {
    const first = this.#top;
    this.#top += values.length;
    if (this.#top > this.#values.length) throw new Error('Float64Heap: full.');
    this.#values.set(values, first);
    return 4 * first;
  }

  output(values: Float64Array | number): number {
    return this.input(typeof values === 'number' ? new Float64Array(values) : values);
  }

  bytes(values: Uint8Array): number {
    const pointer = this.output(values.length);
    for (const [i, value] of values.entries()) this.#bytes.set(pointer + i, value);
    return pointer;
  }

  words(values: readonly number[]): number {
    return this.input(Float64Array.from(values));
  }

  workspace(): number {
    return 0;
  }

  /** A copy of elements. */
  read(pointer: number, length: number): Float64Array {
    return this.#values.slice(pointer / 4, pointer / 4 + length);
  }

  /** All elements, to put them back with `restore`. */
  snapshot(): Float64Array {
    return this.#values.slice(0, this.#top);
  }

  restore(snapshot: Float64Array): void {
    this.#values.set(snapshot);
  }
}
