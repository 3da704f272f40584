// SPDX-License-Identifier: Apache-2.0

import { expect, test } from 'vitest';
import { bitsOf, cosines, createTestHeap, forEachBuild, sines } from './testing.ts';

// Below, at and above a vector, a loop of two or four vectors, and three loops long; tails of 1 to 3.
const widths = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 18, 24, 27, 48, 51, 67];
const indices = [4, 0, 4, 2, 1, 4, 0, 3, 3];
const rows = 5;

forEachBuild('gather and scatter', (build) => {
  test.each(widths)('gatherRows copies rows of width %i, bit for bit', async (width) => {
    for (const misalign of [0, 4, 12]) {
      const heap = await createTestHeap(build, 1);
      const values = cosines(rows * width);
      values.set([Number.NaN, Number.POSITIVE_INFINITY, -0].slice(0, values.length));
      const table = heap.input(values, { misalign });
      const index = heap.inputInts(indices);
      const out = heap.output(indices.length * width, { misalign: 8 });
      const { got, want } = heap.compare(
        (kernels) => kernels.gatherRows(table, index, out, indices.length, width),
        () => bitsOf(heap.floats(out, indices.length * width)),
      );
      expect(got).toEqual(want);
      const second = bitsOf(values).subarray(0, width);
      expect(got.subarray(width, 2 * width)).toEqual(second);
    }
  });

  test.each(widths)('scatterAddRows adds rows of width %i in order, bit for bit', async (width) => {
    for (const misalign of [0, 4, 12]) {
      const heap = await createTestHeap(build, 1);
      const updates = heap.input(cosines(indices.length * width), { misalign });
      const index = heap.inputInts(indices);
      const out = heap.output(sines(rows * width), { misalign: 4 });
      const { got, want } = heap.compare(
        (kernels) => kernels.scatterAddRows(updates, index, out, indices.length, width),
        () => bitsOf(heap.floats(out, rows * width)),
      );
      expect(got).toEqual(want);
    }
  });

  test('scatterAddRows keeps Infinity and NaN in their own elements', async () => {
    const heap = await createTestHeap(build, 1);
    const updates = heap.input([Number.NaN, 1, Number.POSITIVE_INFINITY, 2, 3, 4, 5, 6, 7]);
    const index = heap.inputInts([1, 0, 1]);
    const out = heap.output([0, 0, 0, 0, 0, 0]);
    heap.kernels.scatterAddRows(updates, index, out, 3, 3);
    expect([...heap.floats(out, 6)]).toEqual([2, 3, 4, Number.NaN, 7, Number.POSITIVE_INFINITY]);
  });

  test('gathering nothing writes nothing', async () => {
    const heap = await createTestHeap(build, 1);
    const table = heap.input(cosines(8));
    heap.run(
      (kernels) => {
        kernels.gatherRows(table, table, table, 0, 4);
        kernels.scatterAddRows(table, table, table, 0, 4);
      },
      () => undefined,
    );
  });

  test('firstIndexOutOfRange finds the first bad index at every place of every length', async () => {
    const heap = await createTestHeap(build, 1);
    for (const n of [0, 1, 7, 8, 9, 16, 24, 29]) {
      const good = Array.from({ length: n }, (_, i) => (i * 7) % 10);
      const at = heap.outputInts(good, { misalign: 4 });
      expect(heap.kernels.firstIndexOutOfRange(at, n, 10)).toBe(-1);
      for (let i = 0; i < n; i++) {
        for (const bad of [10, -1, 2 ** 31 - 1, -(2 ** 31)]) {
          const view = new Int32Array(heap.memory.buffer, at, n);
          view.set(good);
          view.fill(bad, i);
          expect(heap.kernels.firstIndexOutOfRange(at, n, 10)).toBe(i);
          expect(heap.reference.firstIndexOutOfRange(at, n, 10)).toBe(i);
        }
      }
    }
  });
});
