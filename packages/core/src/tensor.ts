// SPDX-License-Identifier: Apache-2.0
// The declarations name Symbol.dispose, which a user's own `lib` may not have.
/// <reference lib="esnext.disposable" preserve="true" />
import { bytesPerElement, type DType, type TypedArray, viewOf } from './dtype.ts';
import { DisposedError, ShapeError } from './errors.ts';
import { formatTensor, type NestedArray, nest } from './format.ts';
import { currentPath, enroll, strike } from './ledger.ts';
import { type Shape, showShape, sizeOf } from './shape.ts';
import { heap, Storage } from './storage.ts';

let nextId = 1;

/** Where a new tensor's elements are, and what made it. */
export interface TensorOptions {
  readonly shape: Shape;
  readonly dtype: DType;
  /** The tensor takes over one reference to it. */
  readonly storage: Storage;
  /** Distance of the first element from the storage's start, in bytes. */
  readonly byteOffset?: number;
  /** The op that made it, for memory reports and errors. */
  readonly op?: string;
}

/**
 * A multidimensional array of numbers in the WebAssembly heap: a handle of shape, dtype and a
 * reference to storage. Elements are contiguous in row-major order. A tensor's value never changes,
 * except a parameter's.
 *
 * Ops are functions (`add(a, b)`) and methods (`a.add(b)`). It is not a `tf.Tensor`; `fromTfjs` and
 * `toTfjs` of `@tapeloop/core/tfjs` convert without copying.
 */
export class Tensor {
  /** Identity of the value: what a tape follows. */
  readonly id: number;
  readonly shape: Shape;
  readonly dtype: DType;
  /** Number of elements. */
  readonly size: number;
  /** Set by `keep`: scopes pass it by. */
  kept = false;
  /** Set on a parameter's value: every recording tape follows it. */
  isTrainable = false;
  readonly #storage: Storage;
  readonly #byteOffset: number;
  /** The op that made it, for memory reports and errors. */
  madeBy: string;
  readonly #path: string;
  #disposed = false;

  /** For the library and its extensions; users call `tensor`, `zeros` and their like. */
  constructor(options: TensorOptions, id: number = nextId++) {
    this.id = id;
    this.shape = options.shape;
    this.dtype = options.dtype;
    this.size = sizeOf(options.shape);
    this.#storage = options.storage;
    this.#byteOffset = options.byteOffset ?? 0;
    this.#path = currentPath();
    this.madeBy = options.op ?? 'tensor';
    enroll(this);
  }

  /**
   * A tensor with unspecified elements, for a kernel to fill.
   *
   * @throws OutOfMemoryError when the heap has no room.
   */
  static empty(shape: Shape, dtype: DType, op = 'tensor'): Tensor {
    const storage = Storage.allocate(sizeOf(shape) * bytesPerElement[dtype]);
    return new Tensor({ shape, dtype, storage, op });
  }

  /** Number of dimensions. */
  get rank(): number {
    return this.shape.length;
  }

  /** True once `dispose` was called: every other use is a DisposedError. */
  get isDisposed(): boolean {
    return this.#disposed;
  }

  /** What made it: `layer/path:op`. */
  get origin(): string {
    return this.#path === '' ? this.madeBy : `${this.#path}:${this.madeBy}`;
  }

  /** The storage it shares. For kernels, tapes and bridges. */
  get storage(): Storage {
    this.assertAlive();
    return this.#storage;
  }

  /** Address of the first element in the heap, in bytes. For kernels. */
  get pointer(): number {
    this.assertAlive();
    return this.#storage.pointer + this.#byteOffset;
  }

  /** The elements in place. Valid until the next allocation, which may move the heap. */
  view(): TypedArray {
    return viewOf(this.dtype, heap().buffer, this.pointer, this.size);
  }

  /** A copy of the elements in row-major order; booleans as 0 and 1. */
  data(): TypedArray {
    return this.view().slice();
  }

  /**
   * The only element of a tensor of size 1; a boolean as 0 or 1.
   *
   * @throws ShapeError when there are more or none.
   */
  item(): number {
    const [value] = this.view();
    if (this.size !== 1 || value === undefined) {
      throw new ShapeError(
        `item: tensor must have exactly one element, got shape ${showShape(this.shape)}. ` +
          'Use data() for all elements.',
      );
    }
    return value;
  }

  /** The elements as nested arrays; a scalar as a number. */
  toArray(): NestedArray {
    return nest(this.data(), this.shape, this.dtype);
  }

  /** Prints the elements as NumPy does, long dimensions shortened. */
  toString(): string {
    return formatTensor(this.data(), this.shape, this.dtype);
  }

  /**
   * A tensor on the same storage with another shape of as many elements, or of a contiguous part.
   * Not recorded by tapes: ops build on it.
   *
   * @param elementOffset first element of the part.
   */
  shareAs(shape: Shape, op: string, elementOffset = 0): Tensor {
    const byteOffset = this.#byteOffset + elementOffset * bytesPerElement[this.dtype];
    const storage = this.storage.retain();
    return new Tensor({ shape, dtype: this.dtype, storage, byteOffset, op });
  }

  /** A second handle of the same value, with the same identity, that is disposed on its own. */
  cloneHandle(): Tensor {
    const storage = this.storage.retain();
    const { shape, dtype } = this;
    const byteOffset = this.#byteOffset;
    const clone = new Tensor({ shape, dtype, storage, byteOffset, op: this.madeBy }, this.id);
    clone.isTrainable = this.isTrainable;
    return clone;
  }

  /** A tensor of the same elements on storage of its own. Not recorded by tapes. */
  copy(op: string): Tensor {
    const copy = Tensor.empty(this.shape, this.dtype, op);
    copy.view().set(this.view());
    return copy;
  }

  /** Gives its reference to the storage back. Disposing twice is allowed. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    strike(this);
    this.#storage.release();
  }

  /** `dispose`, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** @throws DisposedError when its memory has been given back. */
  assertAlive(): void {
    if (!this.#disposed) return;
    throw new DisposedError(
      `tensor ${showShape(this.shape)} ${this.dtype} made by ${this.origin} was disposed. ` +
        'Return it from tidy(), or keep() it, to use it later.',
    );
  }

  /** What `Object.prototype.toString` calls it. */
  get [Symbol.toStringTag](): string {
    return 'Tensor';
  }
}

/** Elements as they come to `tensor()`: a typed array that is copied as it is. */
export function isTypedArray(value: unknown): value is TypedArray {
  return (
    value instanceof Float32Array || value instanceof Int32Array || value instanceof Uint8Array
  );
}
