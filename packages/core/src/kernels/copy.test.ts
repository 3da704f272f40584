// SPDX-License-Identifier: Apache-2.0

import { expect, test } from 'vitest';
import { bitsOf, cosines, createTestHeap, forEachBuild } from './testing.ts';

const sizes = [0, 1, 2, 3, 4, 5, 15, 16, 17, 32, 48, 51];

forEachBuild('copies', (build) => {
  test.each(sizes)('fill writes %i elements of any bits', async (n) => {
    for (const misalign of [0, 4, 12]) {
      for (const bits of [0, -1, 0x3f800000, 0x7fc00001]) {
        const heap = await createTestHeap(build, 1);
        const out = heap.outputInts(n, { misalign });
        const { got, want } = heap.compare(
          (kernels) => kernels.fill(out, n, bits),
          () => heap.ints(out, n),
        );
        expect(got).toEqual(want);
        expect(got).toEqual(new Int32Array(n).fill(bits));
      }
    }
  });

  test.each(sizes)('copyRows moves rows of width %i between pitches', async (width) => {
    const rows = 5;
    for (const misalign of [0, 4, 12]) {
      for (const [xPitch, outPitch] of [
        [width, width],
        [width + 3, width],
        [width, width + 2],
        [0, width],
      ] as const) {
        const heap = await createTestHeap(build, 1);
        const values = cosines(rows * (width + 3));
        values.fill(Number.NaN, 1, 2);
        const x = heap.input(values, { misalign });
        const size = rows * (width + 2);
        const out = heap.output(cosines(size, 0.5), { misalign: 8 });
        const { got, want } = heap.compare(
          (kernels) => kernels.copyRows(x, out, rows, width, xPitch, outPitch),
          () => bitsOf(heap.floats(out, size)),
        );
        expect(got).toEqual(want);
      }
    }
  });

  test('transpose is exact for every matrix of 0 to 13, 32 to 37 and 67 rows and columns', async () => {
    const lengths = [0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 32, 33, 37, 67];
    const heap = await createTestHeap(build, 4);
    for (const batch of [1, 3]) {
      for (const rows of lengths) {
        for (const columns of lengths) {
          const size = batch * rows * columns;
          if (size > 6000) continue;
          const values = cosines(size);
          const x = 4096;
          const out = 4096 + 4 * size + 64 + 4 * (rows % 4);
          const floats = new Float32Array(heap.memory.buffer);
          floats.fill(7, 0);
          floats.set(values, x / 4);
          heap.kernels.transpose(x, out, batch, rows, columns);
          const expected = values.map((_, i) => {
            const [matrix, j, k] = [
              Math.floor(i / (rows * columns)),
              Math.floor(i / rows) % columns,
              i % rows,
            ];
            return values[matrix * rows * columns + k * columns + j] ?? Number.NaN;
          });
          expect(heap.floats(out, size)).toEqual(expected);
          expect(floats[out / 4 - 1]).toBe(7);
          expect(floats[out / 4 + size]).toBe(7);
        }
      }
    }
  });

  const permutations = [
    { name: 'nothing moved', order: [0, 1, 2, 3] },
    { name: 'the first two axes swapped', order: [1, 0, 2, 3] },
    { name: 'heads before time', order: [0, 2, 1, 3] },
    { name: 'the last two axes swapped', order: [0, 1, 3, 2] },
    { name: 'the last axis far away', order: [3, 1, 0, 2] },
    { name: 'all axes reversed', order: [3, 2, 1, 0] },
  ];
  test.each(permutations)('permutedCopy with $name equals the reference', async ({ order }) => {
    for (const shape of [
      [2, 3, 5, 7],
      [3, 4, 8, 4],
      [1, 33, 2, 6],
      [2, 0, 3, 4],
    ] as const) {
      const [a, b, c, d] = shape;
      const strides = [b * c * d, c * d, d, 1];
      const pick = (list: readonly number[]): [number, number, number, number] => {
        const [p = 0, q = 0, r = 0, s = 0] = order.map((axis) => list[axis] ?? 0);
        return [p, q, r, s];
      };
      const size = a * b * c * d;
      const heap = await createTestHeap(build, 1);
      const x = heap.input(cosines(size), { misalign: 4 });
      const out = heap.output(size, { misalign: 8 });
      const { got, want } = heap.compare(
        (kernels) => kernels.permutedCopy(x, out, 1, 1, ...pick(shape), 0, 0, ...pick(strides)),
        () => heap.floats(out, size),
      );
      expect(got).toEqual(want);
    }
  });

  test('permutedCopy repeats an axis of stride 0 and walks one of negative stride backwards', async () => {
    const heap = await createTestHeap(build, 1);
    const values = cosines(6);
    const x = heap.input(values);
    const out = heap.output(12);
    heap.kernels.permutedCopy(x + 4 * 3, out, 1, 1, 1, 2, 2, 3, 0, 0, 0, 0, -3, 1);
    const reversed = [...values.subarray(3), ...values.subarray(0, 3)];
    expect([...heap.floats(out, 12)]).toEqual([...reversed, ...reversed]);
    heap.kernels.permutedCopy(x + 4 * 2, out, 1, 1, 1, 1, 2, 3, 0, 0, 0, 0, 3, -1);
    const [a, b, c, d, e, f] = values;
    expect([...heap.floats(out, 6)]).toEqual([c, b, a, f, e, d]);
  });
});
