// SPDX-License-Identifier: Apache-2.0

import type { Kernels } from '../kernels.ts';

/**
 * How a kernel is checked: puts operands on the heap and returns calls of the kernel on them. What
 * the calls write, and what they return, must be what the reference writes and returns.
 *
 * @param tested the kernels under check, for the memory that they need
 */
export type KernelCheck = (heap: CheckHeap, tested: Kernels) => (kernels: Kernels) => unknown;

/**
 * The bound of rounded results, relative to max(1, |result|). It covers the error that each kernel's
 * test allows, and is far below what wrong code does.
 */
export const rounding = 1e-6;

/**
 * Elements that take the loops of 16 and of 32 elements at least three times, then whole vectors of
 * four, then tails of 1, 2 and 3.
 */
export const lengths: readonly number[] = [117, 118, 119];

/** A part of the heap whose contents a kernel and its reference may treat differently. */
interface Region {
  readonly start: number;
  readonly bytes: number;
  /** The bound of its floats; nothing is compared without one. */
  readonly bound: number | undefined;
}

/** Operands in a block of memory, one check at a time. The block starts at a multiple of 8. */
export class CheckHeap {
  readonly #memory: WebAssembly.Memory;
  readonly #start: number;
  readonly #bytes: number;
  #regions: Region[] = [];
  #top: number;

  constructor(memory: WebAssembly.Memory, start: number, bytes: number) {
    this.#memory = memory;
    this.#start = start;
    this.#bytes = bytes;
    this.#top = start;
    // Four of them are a NaN, so a kernel that uses what it reads beyond an operand shows it.
    new Uint8Array(memory.buffer, start, bytes).fill(0xff);
  }

  /** Float32 elements; returns their address. */
  floats(values: ArrayLike<number>): number {
    const pointer = this.#take(4 * values.length);
    new Float32Array(this.#memory.buffer, pointer, values.length).set(values);
    return pointer;
  }

  /** Int32 elements, which must be equal afterwards wherever a kernel writes them. */
  ints(values: ArrayLike<number>): number {
    const pointer = this.#take(4 * values.length);
    new Int32Array(this.#memory.buffer, pointer, values.length).set(values);
    return pointer;
  }

  /** Bytes, which must be equal afterwards. */
  bytes(values: ArrayLike<number>): number {
    const pointer = this.#take(values.length);
    new Uint8Array(this.#memory.buffer, pointer, values.length).set(values);
    return pointer;
  }

  /** Float32 elements whose error may be `bound` · max(1, |y|); a length leaves zeros in them. */
  output(start: ArrayLike<number> | number, bound: number): number {
    const values = typeof start === 'number' ? new Float32Array(start) : start;
    const pointer = this.floats(values);
    this.#regions.push({ start: pointer, bytes: 4 * values.length, bound });
    return pointer;
  }

  /** Bytes that a kernel may use as it likes. */
  workspace(bytes: number): number {
    const pointer = this.#take(bytes);
    this.#regions.push({ start: pointer, bytes, bound: undefined });
    return pointer;
  }

  /**
   * Runs a check with the kernels and with their reference.
   *
   * @returns what is wrong, or undefined.
   */
  difference(check: KernelCheck, kernels: Kernels, reference: Kernels): string | undefined {
    this.#regions = [];
    this.#top = this.#start;
    const call = check(this, kernels);
    const before = this.#contents();
    const result = call(kernels);
    const got = this.#contents();
    this.#used().set(before);
    const expected = call(reference);
    if (result !== expected) return `returned ${result}, must be ${expected}`;
    for (const region of this.#regions) {
      const wrong = this.#compare(region, got);
      if (wrong !== undefined) return wrong;
      const at = region.start - this.#start;
      got.set(this.#used().subarray(at, at + region.bytes), at);
    }
    const stray = firstDifference(new Int32Array(got.buffer), this.#words());
    return stray < 0 ? undefined : `wrote wrong bytes at ${4 * stray} of its operands`;
  }

  /** Compares floats as they are now, from the reference, with what the kernel had made of them. */
  #compare({ start, bytes, bound }: Region, contents: Uint8Array<ArrayBuffer>): string | undefined {
    if (bound === undefined) return undefined;
    const want = new Float32Array(this.#memory.buffer, start, bytes / 4);
    const got = new Float32Array(contents.buffer, start - this.#start, bytes / 4);
    for (let i = 0; i < want.length; i++) {
      const [value, y] = [got[i] ?? Number.NaN, want[i] ?? Number.NaN];
      if (value === y || (Number.isNaN(value) && Number.isNaN(y))) continue;
      if (Math.abs(value - y) <= bound * Math.max(1, Math.abs(y))) continue;
      return `gave ${value}, must be ${y} (element ${i})`;
    }
    return undefined;
  }

  #take(bytes: number): number {
    const pointer = this.#top;
    const end = Math.ceil((pointer + bytes + guardBytes) / 16) * 16;
    if (!(end <= this.#start + this.#bytes)) {
      throw new RangeError(`CheckHeap: must hold ${end - this.#start} bytes, has ${this.#bytes}.`);
    }
    this.#top = end;
    return pointer;
  }

  /** All that the check has put here. What lies between the operands was there before. */
  #used(): Uint8Array {
    return new Uint8Array(this.#memory.buffer, this.#start, this.#top - this.#start);
  }

  #words(): Int32Array {
    return new Int32Array(this.#memory.buffer, this.#start, (this.#top - this.#start) / 4);
  }

  #contents(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#used());
  }
}

/** `n` numbers in [−size, size] that all differ. */
export function waves(n: number, size = 1, phase = 0): Float32Array {
  return Float32Array.from({ length: n }, (_, i) => size * Math.cos(i + phase));
}

/** `n` whole numbers around 0, `kinds` different ones, whose sums and products are exact in any order. */
export function wholes(n: number, kinds = 13): Float32Array {
  return Float32Array.from({ length: n }, (_, i) => ((i * 7919) % kinds) - (kinds >> 1));
}

const guardBytes = 64;

function firstDifference(a: Int32Array, b: Int32Array): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at < a.length ? at : -1;
}
