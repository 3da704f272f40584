// SPDX-License-Identifier: Apache-2.0
// Typed windows on the heap by byte address. Growing the memory replaces its buffer, so a view lives for one call.
// They read through DataView because a kernel's pointers need not be aligned to the element.

/** Float32 elements from a byte address on. */
export interface Float32View {
  get(index: number): number;
  set(index: number, value: number): void;
}

/** Float32 elements of `memory` from byte `pointer` on, aligned or not. */
export function float32View(memory: WebAssembly.Memory, pointer: number): Float32View {
  if (pointer % 4 === 0) {
    const floats = new Float32Array(memory.buffer);
    const start = pointer / 4;
    return {
      get: (index) => floats[start + index] ?? Number.NaN,
      set: (index, value) => {
        floats[start + index] = value;
      },
    };
  }
  const bytes = new DataView(memory.buffer);
  return {
    get: (index) => bytes.getFloat32(pointer + 4 * index, true),
    set: (index, value) => bytes.setFloat32(pointer + 4 * index, value, true),
  };
}
