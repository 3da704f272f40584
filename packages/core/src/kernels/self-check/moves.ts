// SPDX-License-Identifier: Apache-2.0

import type { CopyKernels } from '../reference/copy.ts';
import type { GatherScatterKernels } from '../reference/gather-scatter.ts';
import { type KernelCheck, lengths, waves } from './check-heap.ts';

/** The checks of kernels that move elements, all exact. */
export const moveChecks: Record<keyof CopyKernels | keyof GatherScatterKernels, KernelCheck> = {
  fill: (heap) => {
    const outputs = lengths.map((n) => ({ n, out: heap.ints(new Int32Array(n)) }));
    return (k) => {
      for (const { n, out } of outputs) k.fill(out, n, 0x3f800001 + n);
    };
  },
  copyRows: (heap) => {
    const x = heap.floats(waves(3 * 122));
    const outputs = lengths.map((width) => ({ width, out: heap.ints(new Int32Array(3 * 121)) }));
    return (k) => {
      for (const { width, out } of outputs) k.copyRows(x, out, 3, width, 122, 121);
    };
  },
  transpose: (heap) => {
    const x = heap.floats(waves(2 * 37 * 43));
    const outputs = [37, 38, 39].map((rows) => ({
      rows,
      out: heap.ints(new Int32Array(rows * 41)),
    }));
    return (k) => {
      for (const { rows, out } of outputs) k.transpose(x, out, 1, rows, 41);
    };
  },
  permutedCopy: (heap) => {
    const x = heap.floats(waves(2 * 3 * 39 * 7));
    const [heads, swapped, reversed] = [1, 2, 3].map(() => heap.ints(new Int32Array(1638)));
    return (k) => {
      k.permutedCopy(x, heads ?? 0, 1, 1, 2, 39, 3, 7, 0, 0, 819, 7, 273, 1);
      k.permutedCopy(x, swapped ?? 0, 1, 1, 2, 3, 7, 39, 0, 0, 819, 273, 1, 7);
      k.permutedCopy(x + 4 * 272, reversed ?? 0, 1, 1, 1, 2, 3, 273, 0, 0, 0, 0, 273, -1);
    };
  },
  gatherRows: (heap) => {
    const [table, indices] = [heap.floats(waves(4 * 119)), heap.ints(picked)];
    const outputs = lengths.map((width) => ({ width, out: heap.ints(new Int32Array(5 * width)) }));
    return (k) => {
      for (const { width, out } of outputs) k.gatherRows(table, indices, out, 5, width);
    };
  },
  scatterAddRows: (heap) => {
    const [updates, indices] = [heap.floats(waves(5 * 119)), heap.ints(picked)];
    const outputs = lengths.map((width) => ({
      width,
      out: heap.output(waves(4 * width, 1, 1), 0),
    }));
    return (k) => {
      for (const { width, out } of outputs) k.scatterAddRows(updates, indices, out, 5, width);
    };
  },
  firstIndexOutOfRange: (heap) => {
    const good = Int32Array.from({ length: 119 }, (_, i) => i % 10);
    const lists = [good, good.with(3, 10), good.with(77, -1), good.with(118, 10)].map((list) =>
      heap.ints(list),
    );
    return (k) => lists.map((list) => k.firstIndexOutOfRange(list, 119, 10)).join(', ');
  },
};

/** Rows of a table of four, one of them twice. */
const picked = [2, 0, 3, 2, 1];
