// SPDX-License-Identifier: Apache-2.0

import { type Float32View, float32View } from './views.ts';

/**
 * What the references of larger kernels read and write. Over a memory it rounds to float32; tests
 * put float64 numbers behind it, to compare a gradient with differences of the forward pass.
 */
export interface ReferenceHeap {
  /** Floating-point elements from a byte address on, four bytes apart. */
  floats(pointer: number): Float32View;
  /** The unsigned 32-bit integer at a byte address. */
  uint32(pointer: number): number;
  /** The byte at an address. */
  uint8(pointer: number): number;
}

/** The heap of a WebAssembly memory. */
export function memoryHeap(memory: WebAssembly.Memory): ReferenceHeap {
  return {
    floats: (pointer) => float32View(memory, pointer),
    uint32: (pointer) => new DataView(memory.buffer).getUint32(pointer, true),
    uint8: (pointer) => new DataView(memory.buffer).getUint8(pointer),
  };
}

/** A copy of `length` elements from `start` on. */
export function readFloats(view: Float32View, start: number, length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => view.get(start + i));
}

/** Puts `values` into the elements from `start` on. */
export function writeFloats(view: Float32View, start: number, values: Float64Array): void {
  for (const [i, value] of values.entries()) view.set(start + i, value);
}

/** The sum of the rows of `length` elements from `start` on at some addresses, 0 for none. */
export function readSum(
  heap: ReferenceHeap,
  pointers: readonly number[],
  start: number,
  length: number,
): Float64Array {
  const sum = new Float64Array(length);
  for (const pointer of pointers) {
    if (pointer === 0) continue;
    const view = heap.floats(pointer);
    for (const i of sum.keys()) sum[i] = element(sum, i) + view.get(start + i);
  }
  return sum;
}

/**
 * `out[j] += Σ x[k] · matrix[k][from + j]`, the matrix stored in rows of `stride` elements; with
 * `transposed`, `out[j] += Σ x[k] · matrix[j][from + k]`.
 */
export function addProduct(
  out: Float64Array,
  x: Float64Array,
  matrix: Float32View,
  { stride, from = 0, transposed = false }: { stride: number; from?: number; transposed?: boolean },
): void {
  for (const [k, value] of x.entries()) {
    for (const j of out.keys()) {
      const at = transposed ? j * stride + from + k : k * stride + from + j;
      out[j] = element(out, j) + value * matrix.get(at);
    }
  }
}

/** The element at `index`, which is inside. */
export function element(values: Float64Array, index: number): number {
  return values[index] ?? Number.NaN;
}
