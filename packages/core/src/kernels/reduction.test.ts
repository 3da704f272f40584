// SPDX-License-Identifier: Apache-2.0

import { expect, test } from 'vitest';
import type { ReductionKernels } from './reference/reduction.ts';
import { cosines, createTestHeap, forEachBuild } from './testing.ts';

type Name = keyof ReductionKernels;

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const names: readonly Exclude<Name, 'argMax'>[] = [
  'sum',
  'mean',
  'sumOfSquares',
  'prod',
  'max',
  'min',
];
// Around the vector (4), the loop (32) and the block (2048) of rows; around the block (128) of columns.
const lengths = [0, 1, 2, 3, 4, 5, 7, 31, 32, 33, 64, 99, 127, 128, 129, 300];
const rowLengths = [...lengths, 2047, 2048, 2049, 6150];
// Around the part (4) and the strip (16) of columns, three strips long; 1 is a row.
const inners = [1, 2, 3, 4, 5, 7, 15, 16, 17, 19, 32, 51];

forEachBuild('reductions', (build) => {
  // Whole numbers so small that every order of summation is exact: no element is lost or taken twice.
  test.each(names)('%s of small whole numbers is exact at every size and place', async (name) => {
    for (const [outer, axis, inner] of everyView()) {
      const n = outer * axis * inner;
      const heap = await createTestHeap(build, 4);
      const whole = Float32Array.from({ length: n }, (_, i) => ((i * 7919) % 13) - 6);
      const x = heap.input(
        name === 'prod' ? whole.map((v) => [1, -1, 1, 0.5][v & 3] ?? 1) : whole,
        {
          misalign: 4 * (n % 4),
        },
      );
      const out = heap.output(outer * inner, { misalign: 4 * (axis % 4) });
      const { got, want } = heap.compare(
        (kernels) => kernels[name](x, out, outer, axis, inner),
        () => heap.floats(out, outer * inner),
      );
      expect(got.map((value) => value + 0)).toEqual(want.map((value) => value + 0));
    }
  });

  test('argMax finds the first of equal greatest elements at every size and place', async () => {
    for (const [outer, axis, inner] of everyView()) {
      if (axis === 0) continue;
      const n = outer * axis * inner;
      const heap = await createTestHeap(build, 4);
      const whole = Float32Array.from({ length: n }, (_, i) => ((i * 7919) % 41) - 20);
      const x = heap.input(whole, { misalign: 4 * (n % 4) });
      const out = heap.outputInts(outer * inner, { misalign: 4 });
      const { got, want } = heap.compare(
        (kernels) => kernels.argMax(x, out, outer, axis, inner),
        () => heap.ints(out, outer * inner),
      );
      expect(got).toEqual(want);
    }
  });

  test.each([
    { name: 'a row of 100,000', outer: 1, axis: 100_000, inner: 1, factor: 70 },
    { name: '3 rows of 5001', outer: 3, axis: 5001, inner: 1, factor: 70 },
    { name: '19 columns of 5001', outer: 1, axis: 5001, inner: 19, factor: 128 + 40 },
  ])(
    'sum and mean of $name: error < $factor · 2^-24 · Σ|x|',
    async ({ outer, axis, inner, factor }) => {
      const n = outer * axis * inner;
      const values = cosines(n).map((value) => value * 1000 + 0.3);
      const heap = await createTestHeap(build, 40);
      const x = heap.input(values);
      const size = outer * inner;
      const [sum, mean, squares] = [heap.output(size), heap.output(size), heap.output(size)];
      heap.kernels.sum(x, sum, outer, axis, inner);
      heap.kernels.mean(x, mean, outer, axis, inner);
      heap.kernels.sumOfSquares(x, squares, outer, axis, inner);
      for (let i = 0; i < outer; i++) {
        for (let k = 0; k < inner; k++) {
          const line = Array.from(
            { length: axis },
            (_, j) => values[(i * axis + j) * inner + k] ?? nan,
          );
          const total = line.reduce((t, value) => t + value, 0);
          const size1 = line.reduce((t, value) => t + Math.abs(value), 0);
          const size2 = line.reduce((t, value) => t + value * value, 0);
          const at = i * inner + k;
          const unit = 2 ** -24;
          expect(Math.abs((heap.floats(sum, size)[at] ?? nan) - total)).toBeLessThan(
            factor * unit * size1,
          );
          expect(Math.abs((heap.floats(mean, size)[at] ?? nan) - total / axis)).toBeLessThan(
            (factor * unit * size1) / axis,
          );
          expect(Math.abs((heap.floats(squares, size)[at] ?? nan) - size2)).toBeLessThan(
            (factor + 1) * unit * size2,
          );
        }
      }
    },
  );

  test.each([...names, 'argMax'] as const)(
    '%s with NaN and ±Infinity at every place of a line',
    async (name) => {
      const axis = 39;
      for (const inner of [1, 5, 17]) {
        for (const special of [[nan], [inf], [-inf], [nan, inf], [-inf, nan], [nan, nan]]) {
          for (let place = 0; place + 1 < axis; place++) {
            const values = cosines(axis * inner);
            for (let k = 0; k < inner; k += 2) {
              for (const [j, value] of special.entries()) values[(place + j) * inner + k] = value;
            }
            const heap = await createTestHeap(build, 1);
            const x = heap.input(values, { misalign: 4 });
            const out = heap.output(inner);
            const { got, want } = heap.compare(
              (kernels) => kernels[name](x, out, 1, axis, inner),
              () => (name === 'argMax' ? [...heap.ints(out, inner)] : [...heap.floats(out, inner)]),
            );
            for (let k = 0; k < inner; k += name === 'argMax' ? 1 : 2)
              expect(got[k]).toEqual(want[k]);
          }
        }
      }
    },
  );

  test('argMax of −Infinity throughout is 0', async () => {
    const heap = await createTestHeap(build, 1);
    const x = heap.input(new Float32Array(30).fill(-inf));
    const out = heap.outputInts(3);
    heap.kernels.argMax(x, out, 1, 30, 1);
    heap.kernels.argMax(x, out + 4, 1, 15, 2);
    expect([...heap.ints(out, 3)]).toEqual([0, 0, 0]);
  });
});

function everyView(): [number, number, number][] {
  const rows = rowLengths.flatMap((axis) => [1, 3].map((outer) => [outer, axis, 1] as const));
  const columns = lengths.flatMap((axis) =>
    inners.map((inner) => [axis < 50 ? 2 : 1, axis, inner] as const),
  );
  return [...rows, ...columns].map(([outer, axis, inner]) => [outer, axis, inner]);
}
