// SPDX-License-Identifier: Apache-2.0

import { float32View } from './views.ts';

/** Rows picked from and added to a table by int32 indices: the forward and the backward of an embedding. */
export interface GatherScatterKernels {
  /**
   * `out[i, :] = table[indices[i], :]`, i < n, for rows of `width` float32 or int32 elements. Every
   * index must be inside the table: see `firstIndexOutOfRange`.
   */
  gatherRows(table: number, indices: number, out: number, n: number, width: number): void;
  /**
   * `out[indices[i], :] += updates[i, :]` in float32, i = 0, 1, … n − 1 in this order: rows with equal
   * indices add up, always in the same order. The caller zeroes `out`, or leaves in it what to add to.
   */
  scatterAddRows(updates: number, indices: number, out: number, n: number, width: number): void;
  /** The first i < n whose int32 index is not in [0, limit), or −1 when all are. */
  firstIndexOutOfRange(indices: number, n: number, limit: number): number;
}

/** The kernels of `GatherScatterKernels` as plain loops, with equal bits. */
export function createGatherScatterReference(memory: WebAssembly.Memory): GatherScatterKernels {
  const indexAt = (indices: number, i: number): number =>
    new DataView(memory.buffer).getInt32(indices + 4 * i, true);
  return {
    gatherRows(table, indices, out, n, width) {
      const bytes = new Uint8Array(memory.buffer);
      for (let i = 0; i < n; i++) {
        const start = table + 4 * width * indexAt(indices, i);
        bytes.copyWithin(out + 4 * width * i, start, start + 4 * width);
      }
    },
    scatterAddRows(updates, indices, out, n, width) {
      const [from, to] = [float32View(memory, updates), float32View(memory, out)];
      for (let i = 0; i < n; i++) {
        const row = width * indexAt(indices, i);
        for (let j = 0; j < width; j++) to.set(row + j, to.get(row + j) + from.get(i * width + j));
      }
    },
    firstIndexOutOfRange(indices, n, limit) {
      for (let i = 0; i < n; i++) {
        const index = indexAt(indices, i);
        if (index < 0 || index >= limit) return i;
      }
      return -1;
    },
  };
}
