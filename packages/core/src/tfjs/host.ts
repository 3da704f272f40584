// SPDX-License-Identifier: Apache-2.0
import { getKernel, type NamedAttrMap, type TensorInfo } from '@tensorflow/tfjs-core';
import { backend as coreBackend, heapOf, kernels, memoryOf } from '../backend.ts';
import { bytesPerElement, type DType, type TypedArray, viewOf } from '../dtype.ts';
import { OutOfMemoryError, RuntimeError } from '../errors.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { KernelLinker } from '../kernels/load.ts';
import { sizeOf } from '../shape.ts';
import type { Heap } from '../storage.ts';
import { isTfjsBackend, type TfjsBackend } from './tfjs-backend.ts';

/** What a kernel of tfjs's needs of tfjs: a shape, a dtype and where the elements are. */
export type Info = TensorInfo;

/** True for the dtypes whose elements are words of four bytes, float32 and int32. */
export function isWord({ dtype }: Info): boolean {
  return dtype === 'float32' || dtype === 'int32';
}

/** A new tensor of tfjs's and the address of its elements, which are unspecified. */
export interface Output {
  readonly info: Info;
  readonly pointer: number;
}

/** Scratch up to this size is kept for the next call. */
const KEPT_BYTES = 2 ** 24;

/** One instance of tfjs's WASM backend, with our kernels over its memory. */
export class Host {
  readonly backend: TfjsBackend;
  readonly kernels: Kernels;
  readonly #heap: Heap;
  #scratch = { pointer: 0, bytes: 0, isTaken: false };

  constructor(backend: TfjsBackend, kernels: Kernels) {
    this.backend = backend;
    this.kernels = kernels;
    this.#heap = heapOf(backend);
  }

  /** The address of a tensor's elements. */
  pointer({ dataId }: Pick<Info, 'dataId'>): number {
    return this.backend.dataIdMap.get(dataId).memoryOffset;
  }

  /** A tensor's elements in place; good until the next allocation. */
  view({ dataId, shape, dtype }: Info & { readonly dtype: DType }): TypedArray {
    return viewOf(dtype, this.#heap.buffer, this.pointer({ dataId }), sizeOf(shape));
  }

  /** `length` int32 at an address, in place; good until the next allocation. */
  integers(pointer: number, length: number): Int32Array<ArrayBuffer> {
    return new Int32Array(this.#heap.buffer, pointer, length);
  }

  /**
   * A new tensor in tfjs's books.
   *
   * @throws OutOfMemoryError when the heap has no room; nothing is allocated then.
   */
  output(shape: readonly number[], dtype: DType = 'float32'): Output {
    const pointer = this.#allocate(sizeOf(shape) * bytesPerElement[dtype]);
    return { info: this.backend.makeOutput([...shape], dtype, pointer), pointer };
  }

  /** A new tensor of the dtype of `like`, a tensor of words. */
  outputLike({ dtype }: Info, shape: readonly number[]): Output {
    return this.output(shape, dtype === 'int32' ? 'int32' : 'float32');
  }

  /** A tensor of another shape on the elements of `info`, which is released on its own. */
  reshaped({ dataId, dtype }: Info, shape: readonly number[]): Info {
    this.backend.incRef(dataId);
    return { dataId, shape: [...shape], dtype };
  }

  /** Gives an intermediate result back. */
  release({ dataId }: Info): void {
    this.backend.disposeData(dataId);
  }

  /** Gives an intermediate result back once `use` has run. */
  releasing<T>(intermediate: Info, use: () => T): T {
    try {
      return use();
    } finally {
      this.release(intermediate);
    }
  }

  /** Runs a kernel of tfjs's registry, ours or its own, for its one output. */
  run(name: string, inputs: Readonly<Record<string, Info>>, attrs: NamedAttrMap = {}): Info {
    const { kernelFunc } = getKernel(name, 'wasm');
    const output = kernelFunc({ inputs, attrs, backend: this.backend });
    return Array.isArray(output) ? this.#only(name, output) : output;
  }

  /** Lends `bytes` bytes, aligned to 16, for the time of a call; calls nest. */
  scratch<T>(bytes: number, use: (pointer: number) => T): T {
    if (this.#scratch.isTaken || bytes > KEPT_BYTES) return this.#lend(bytes, use);
    if (bytes > this.#scratch.bytes) this.#growScratch(bytes);
    this.#scratch.isTaken = true;
    try {
      return use(align(this.#scratch.pointer));
    } finally {
      this.#scratch.isTaken = false;
    }
  }

  /** `scratch` for several blocks at once, each aligned to 16. */
  blocks<T>(sizes: readonly number[], use: (...pointers: number[]) => T): T {
    const starts: number[] = [];
    let total = 0;
    for (const bytes of sizes) {
      starts.push(total);
      total = align(total + bytes);
    }
    return this.scratch(total, (pointer) => use(...starts.map((start) => pointer + start)));
  }

  #lend<T>(bytes: number, use: (pointer: number) => T): T {
    const pointer = this.#allocate(bytes + 16);
    try {
      return use(align(pointer));
    } finally {
      this.#heap.free(pointer);
    }
  }

  #growScratch(bytes: number): void {
    if (this.#scratch.bytes > 0) this.#heap.free(this.#scratch.pointer);
    this.#scratch.bytes = 0;
    this.#scratch.pointer = this.#allocate(bytes + 16);
    this.#scratch.bytes = bytes;
  }

  #allocate(bytes: number): number {
    const pointer = this.#heap.allocate(bytes);
    if (pointer === 0 && bytes > 0) {
      throw new OutOfMemoryError(
        `tapeloop: no room for ${bytes} bytes in a heap of ${this.#heap.buffer.byteLength}. ` +
          'Dispose tensors, train on smaller batches, and try again.',
      );
    }
    return pointer;
  }

  #only(name: string, outputs: readonly Info[]): Info {
    const [output] = outputs;
    if (output === undefined) throw new RuntimeError(`${name}: the kernel returned no output.`);
    return output;
  }
}

const hosts = new WeakMap<object, Host>();
let latest: Host | undefined;
let linker: KernelLinker | undefined;

/** Keeps what is needed to attach the kernels to a backend that tfjs makes later. */
export function keepLinker(ofBuild: KernelLinker): void {
  linker = ofBuild;
}

/**
 * The host of a backend. tfjs makes a new backend, with a memory of its own, after
 * `tf.removeBackend` and `tf.engine().reset()`.
 *
 * @throws RuntimeError when it is not of the copy of tfjs that Tapeloop was started on.
 */
export function hostOf(backend: unknown): Host {
  if (latest !== undefined && latest.backend === backend) return latest;
  if (!isTfjsBackend(backend)) {
    throw new RuntimeError(
      'accelerateTfjs: the kernel was called by another copy of @tensorflow/tfjs-backend-wasm. ' +
        'Make your project resolve it once (`npm ls @tensorflow/tfjs-backend-wasm`).',
    );
  }
  const host = hosts.get(backend) ?? new Host(backend, kernelsOver(backend));
  hosts.set(backend, host);
  latest = host;
  return host;
}

function kernelsOver(backend: TfjsBackend): Kernels {
  if (backend === coreBackend()) return kernels();
  if (linker === undefined) {
    throw new RuntimeError('accelerateTfjs: it must be awaited before tfjs makes a new backend.');
  }
  const { allocate } = heapOf(backend);
  return linker({ memory: memoryOf(backend), allocate });
}

function align(pointer: number): number {
  return ((pointer + 15) & ~15) >>> 0;
}
