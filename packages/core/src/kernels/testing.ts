// SPDX-License-Identifier: Apache-2.0
// What every kernel test needs: each build the runtime has, a small heap with guarded buffers, and a run of the kernel
// beside its reference that notices every byte written outside the outputs.

import { describe } from 'vitest';
import type { Kernels } from './kernels.ts';
import { availableBuilds, compileBuild, constantsOf, instantiateKernels } from './load.ts';
import { createReferenceKernels } from './reference/create.ts';
import { hasWideMode } from './wide.ts';

/** A build under test; `wide` is the relaxed one in V8's wide mode. */
export interface TestedBuild {
  name: 'relaxed' | 'simd' | 'wide';
  module: WebAssembly.Module;
}

/** Numbers to put into a buffer, or how many uninitialised ones to reserve. */
export type Fill = number | ArrayLike<number>;

/** Where a buffer is put: `misalign` bytes (0 to 15) after a multiple of 16. */
export interface Placement {
  misalign?: number;
}

const testedBuilds: readonly TestedBuild[] = await compileTestedBuilds();

/**
 * Runs a group of tests once for every WASM build of this runtime, including wide mode where there is one.
 *
 * ```ts
 * forEachBuild('exp', (build) => {
 *   test('relative error < 2e-7', async () => {
 *     const heap = await createTestHeap(build)
 *     const x = heap.input(cosines(100))
 *     const y = heap.output(100, { misalign: 4 })
 *     const { got, want } = heap.compare((kernels) => kernels.exp(100, x, y), () => heap.floats(y, 100))
 *   })
 * })
 * ```
 */
export function forEachBuild(subject: string, body: (build: TestedBuild) => void): void {
  describe.each(testedBuilds)(`${subject}, $name`, body);
}

/** A heap of its own with `build`'s kernels and the scalar reference over it. */
export async function createTestHeap(build: TestedBuild, pages = 16): Promise<TestHeap> {
  const { module, name } = build;
  const memory = new WebAssembly.Memory({ initial: pages });
  const kernels = await instantiateKernels(module, memory, constantsPointer, name === 'wide');
  return new TestHeap(memory, kernels, constantsPointer + constantsOf(module).length);
}

/**
 * A bump allocator for one test. Inputs must stay as they are; only outputs and workspaces may change, and `compare`
 * and `run` check every other byte, the guards around each buffer among them.
 */
export class TestHeap {
  readonly memory: WebAssembly.Memory;
  readonly kernels: Kernels;
  readonly reference: Kernels;
  readonly #writable: { start: number; end: number }[] = [];
  #top: number;

  /** @param top where the memory that kernels may use begins. */
  constructor(memory: WebAssembly.Memory, kernels: Kernels, top: number) {
    this.memory = memory;
    this.kernels = kernels;
    this.reference = createReferenceKernels(memory);
    this.#top = top;
    new Uint8Array(memory.buffer, this.#top).fill(guardByte);
  }

  /** A float32 buffer that kernels must not write; returns its byte address. */
  input(fill: Fill, placement: Placement = {}): number {
    return this.#write(fill, placement, (view, at, value) => view.setFloat32(at, value, true));
  }

  /** An int32 buffer that kernels must not write. */
  inputInts(fill: Fill, placement: Placement = {}): number {
    return this.#write(fill, placement, (view, at, value) => view.setInt32(at, value, true));
  }

  /** A float32 buffer that kernels may write; a length leaves NaN in it. */
  output(fill: Fill, placement: Placement = {}): number {
    return this.#allow(this.input(fill, placement), 4 * lengthOf(fill));
  }

  /** An int32 buffer that kernels may write. */
  outputInts(fill: Fill, placement: Placement = {}): number {
    return this.#allow(this.inputInts(fill, placement), 4 * lengthOf(fill));
  }

  /** Bytes that a kernel may use as it likes, aligned to 16. */
  workspace(bytes: number): number {
    return this.#allow(this.#take(bytes, 0), bytes);
  }

  /** A copy of float32 elements. */
  floats(pointer: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer.slice(pointer, pointer + 4 * length));
  }

  /** A copy of int32 elements. */
  ints(pointer: number, length: number): Int32Array {
    return new Int32Array(this.memory.buffer.slice(pointer, pointer + 4 * length));
  }

  /** Calls the kernel under test, then `read`s; throws when a byte outside the outputs and workspaces changed. */
  run<T>(call: (kernels: Kernels) => void, read: () => T): T {
    const before = this.#used().slice();
    call(this.kernels);
    const result = read();
    this.#checkUnchanged(before);
    return result;
  }

  /** Calls the kernel under test and its reference on equal heaps and reads the results of both. */
  compare<T>(call: (kernels: Kernels) => void, read: () => T): { got: T; want: T } {
    const before = this.#used().slice();
    const got = this.run(call, read);
    this.#used().set(before);
    call(this.reference);
    const want = read();
    this.#used().set(before);
    return { got, want };
  }

  #write(
    fill: Fill,
    placement: Placement,
    set: (view: DataView, at: number, value: number) => void,
  ): number {
    const pointer = this.#take(4 * lengthOf(fill), placement.misalign ?? 0);
    if (typeof fill === 'number') return pointer;
    const view = new DataView(this.memory.buffer, pointer);
    for (let i = 0; i < fill.length; i++) set(view, 4 * i, fill[i] ?? Number.NaN);
    return pointer;
  }

  #take(bytes: number, misalign: number): number {
    const pointer = Math.ceil((this.#top + guardBytes) / 16) * 16 + misalign;
    this.#top = pointer + bytes;
    if (this.#top + guardBytes > this.memory.buffer.byteLength) {
      throw new Error(
        `TestHeap: pages must hold ${this.#top + guardBytes} bytes, got ${this.memory.buffer.byteLength}.`,
      );
    }
    return pointer;
  }

  #allow(pointer: number, bytes: number): number {
    this.#writable.push({ start: pointer, end: pointer + bytes });
    return pointer;
  }

  #used(): Uint8Array {
    return new Uint8Array(this.memory.buffer, 0, this.#top + guardBytes);
  }

  #checkUnchanged(before: Uint8Array): void {
    const after = this.#used().slice();
    for (const { start, end } of this.#writable) after.set(before.subarray(start, end), start);
    const at = firstDifference(after, before);
    if (at < 0) return;
    const places = this.#writable.map(({ start, end }) => `[${start}, ${end})`).join(', ');
    throw new Error(
      `TestHeap: writes must stay inside ${places || 'nothing'}, got one at byte ${at}.`,
    );
  }
}

/** cos(i + phase) for i = 0, 1, …: deterministic numbers that all differ. */
export function cosines(length: number, phase = 0): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.cos(i + phase));
}

/** sin(i + phase) for i = 0, 1, …. */
export function sines(length: number, phase = 0): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin(i + phase));
}

/** The bits of floats, to compare results that must be equal to the last bit, NaN and the sign of zero included. */
export function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.slice().buffer);
}

const constantsPointer = 64;
const guardBytes = 256;
// Four of them are a NaN, so a kernel that uses what it reads beyond a buffer shows it.
const guardByte = 0xff;

/** The first index at which two arrays of one length differ, or -1; by words, for speed. */
function firstDifference(a: Uint8Array, b: Uint8Array): number {
  const words = Math.floor(a.length / 4);
  const [wordsA, wordsB] = [
    new Uint32Array(a.buffer, 0, words),
    new Uint32Array(b.buffer, 0, words),
  ];
  let word = 0;
  while (word < words && wordsA[word] === wordsB[word]) word++;
  for (let at = 4 * word; at < a.length; at++) if (a[at] !== b[at]) return at;
  return -1;
}

function lengthOf(fill: Fill): number {
  return typeof fill === 'number' ? fill : fill.length;
}

async function compileTestedBuilds(): Promise<TestedBuild[]> {
  const builds: TestedBuild[] = [];
  for (const name of availableBuilds()) {
    if (name === 'reference') continue;
    builds.push({ name, module: await compileBuild(name, false) });
    if (name === 'relaxed' && hasWideMode())
      builds.push({ name: 'wide', module: await compileBuild(name, true) });
  }
  return builds;
}
