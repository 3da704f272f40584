// SPDX-License-Identifier: Apache-2.0

import { expect, test } from 'vitest';
import {
  type BinaryKernels,
  type BroadcastKernel,
  type BroadcastLoops,
  pow,
} from './reference/binary.ts';
import type { CompareKernels } from './reference/compare.ts';
import { cosines, createTestHeap, forEachBuild, sines } from './testing.ts';

type Broadcasts<K> = {
  [N in keyof K as K[N] extends BroadcastKernel ? N : never]: BroadcastKernel;
};

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const arithmetic: readonly (keyof Broadcasts<BinaryKernels>)[] = [
  'add',
  'sub',
  'mul',
  'div',
  'minimum',
  'maximum',
  'squaredDifference',
];
const comparisons: readonly Exclude<keyof CompareKernels, 'select'>[] = [
  'equal',
  'notEqual',
  'less',
  'lessEqual',
  'greater',
  'greaterEqual',
];
// Below, at and above a vector, the loops of 16, and three loops long; tails of 1 to 3.
const sizes = [0, 1, 2, 3, 4, 5, 15, 16, 17, 19, 32, 48, 51];

/** How operands repeat, as loops over `n` inner elements. */
const broadcasts: readonly { name: string; loops: (n: number) => BroadcastLoops }[] = [
  { name: 'same shape', loops: (n) => [1, 1, n, 0, 0, 1, 0, 0, 1] },
  { name: 'scalar right', loops: (n) => [1, 1, n, 0, 0, 1, 0, 0, 0] },
  { name: 'scalar left', loops: (n) => [1, 1, n, 0, 0, 0, 0, 0, 1] },
  { name: 'a row right', loops: (n) => [1, 3, n, 0, n, 1, 0, 0, 1] },
  { name: 'a column right', loops: (n) => [1, 3, n, 0, n, 1, 0, 1, 0] },
  { name: 'a column by a row', loops: (n) => [1, 3, n, 0, 1, 0, 0, 0, 1] },
  { name: 'the middle axis left', loops: (n) => [2, 3, n, n, 0, 1, 3 * n, n, 1] },
  { name: 'outer and inner axis right', loops: (n) => [2, 3, n, 3 * n, n, 1, 0, 1, 0] },
];

/** Every pair of these meets in the special cases. */
const special = [nan, inf, -inf, 0, -0, 1, -1, 0.5, -2.5, 3, 3e38, -3e38, 1e-45, 2 ** 24 + 2];

forEachBuild('binary', (build) => {
  for (const { name: repeat, loops } of broadcasts) {
    test.each(arithmetic)(`%s with ${repeat}: equal bits to the reference`, async (name) => {
      for (const n of sizes) {
        for (const misalign of [0, 4, 12]) {
          const heap = await createTestHeap(build, 1);
          const [outer, middle, inner] = loops(n);
          const size = outer * middle * inner;
          const a = heap.input(cosines(Math.max(size, 6)), { misalign });
          const b = heap.input(sines(Math.max(size, 6), 1), { misalign: 8 });
          const out = heap.output(size, { misalign: 4 });
          const { got, want } = heap.compare(
            (kernels) => kernels[name](a, b, out, ...loops(n)),
            () => heap.floats(out, size),
          );
          expect(got).toEqual(want);
        }
      }
    });
    test.each(comparisons)(`%s with ${repeat}: equal bytes to the reference`, async (name) => {
      for (const n of sizes) {
        for (const misalign of [0, 1, 7]) {
          const heap = await createTestHeap(build, 1);
          const [outer, middle, inner] = loops(n);
          const size = outer * middle * inner;
          const a = heap.input(cosines(Math.max(size, 6)).map(Math.round), { misalign: 4 });
          const b = heap.input(sines(Math.max(size, 6)).map(Math.round));
          const out = heap.workspace(size + misalign) + misalign;
          const { got, want } = heap.compare(
            (kernels) => kernels[name](a, b, out, ...loops(n)),
            () => [...new Uint8Array(heap.memory.buffer, out, size)],
          );
          expect(got).toEqual(want);
        }
      }
    });
  }

  test.each(arithmetic)('%s works in place on either operand', async (name) => {
    for (const n of sizes) {
      const heap = await createTestHeap(build, 1);
      const a = heap.output(cosines(n));
      const b = heap.output(sines(n), { misalign: 4 });
      for (const out of [a, b]) {
        const { got, want } = heap.compare(
          (kernels) => kernels[name](a, b, out, 1, 1, n, 0, 0, 1, 0, 0, 1),
          () => heap.floats(out, n),
        );
        expect(got).toEqual(want);
      }
    }
  });

  test.each([...arithmetic, ...comparisons])(
    '%s of every pair of ±Inf, NaN, ±0 and extremes',
    async (name) => {
      const heap = await createTestHeap(build, 1);
      const n = special.length ** 2;
      const a = heap.input(special.flatMap((x) => special.map(() => x)));
      const b = heap.input(special.flatMap(() => special));
      const out = heap.output(n);
      const { got, want } = heap.compare(
        (kernels) => kernels[name](a, b, out, 1, 1, n, 0, 0, 1, 0, 0, 1),
        () => [...heap.floats(out, n)],
      );
      expect(got).toEqual(want);
    },
  );

  test('pow: relative error < 6.1e-8, half a unit in the last place', async () => {
    const n = 20_000;
    const a = Float32Array.from({ length: n }, (_, i) => Math.exp(20 * Math.cos(i)));
    const b = Float32Array.from({ length: n }, (_, i) => 6 * Math.sin(1.7 * i));
    const heap = await createTestHeap(build);
    const [x, y, out] = [heap.input(a), heap.input(b), heap.output(n)];
    heap.kernels.pow(x, y, out, 1, 1, n, 0, 0, 1, 0, 0, 1);
    const got = heap.floats(out, n);
    for (let i = 0; i < n; i++) {
      const want = (a[i] ?? nan) ** (b[i] ?? nan);
      const exact = Object.is(Math.fround(want), got[i]);
      const error = Math.abs((got[i] ?? nan) / want - 1);
      if (!exact && !(error < 6.1e-8)) expect.fail(`${a[i]}^${b[i]} is ${got[i]}, must be ${want}`);
    }
  });

  test('pow follows C in every pair of special values, and broadcasts', async () => {
    const heap = await createTestHeap(build, 1);
    const values = [...special, 2, -3, 4, 0.25, -0.5, 127, 1e10];
    const n = values.length;
    const [a, b, out] = [heap.input(values), heap.input(values), heap.output(n * n)];
    const { got, want } = heap.compare(
      (kernels) => kernels.pow(a, b, out, 1, n, n, 0, 1, 0, 0, 0, 1),
      () => [...heap.floats(out, n * n)],
    );
    expect(got).toEqual(want);
    expect(want).toEqual(
      values.flatMap((x) => values.map((y) => Math.fround(pow(Math.fround(x), Math.fround(y))))),
    );
    expect([pow(1, nan), pow(-1, inf), pow(nan, 0), pow(-2, 0.5)]).toEqual([1, 1, 1, nan]);
  });

  test.each(sizes)(
    'addInPlace, affine and axpby of %i elements: equal bits to the reference',
    async (n) => {
      for (const misalign of [0, 4, 12]) {
        const heap = await createTestHeap(build, 1);
        const x = heap.input(cosines(n), { misalign });
        const y = heap.input(sines(n), { misalign: 8 });
        const sum = heap.output(sines(n, 2), { misalign: 4 });
        const inPlace = heap.output(cosines(n, 3), { misalign });
        const out = heap.output(n);
        const { got, want } = heap.compare(
          (kernels) => {
            kernels.addInPlace(sum, x, n);
            kernels.affine(inPlace, inPlace, n, 0.3, -7.1);
            kernels.axpby(x, y, out, n, 0.9, -0.1);
            kernels.axpby(inPlace, out, inPlace, n, 0.7, 0.3);
          },
          () => [sum, inPlace, out].map((pointer) => heap.floats(pointer, n)),
        );
        expect(got).toEqual(want);
      }
    },
  );

  test.each(sizes)('select of %i elements takes a where the byte is not 0', async (n) => {
    for (const [aStride, bStride] of [
      [1, 1],
      [0, 1],
      [1, 0],
      [0, 0],
    ] as const) {
      for (const place of ['apart', 'a', 'b'] as const) {
        if ((place === 'a' && aStride === 0) || (place === 'b' && bStride === 0)) continue;
        const heap = await createTestHeap(build, 1);
        const values = cosines(n + 1);
        values[0] = nan;
        const a = heap.output(values, { misalign: 4 });
        const b = heap.output(sines(n + 1), { misalign: 12 });
        const condition = heap.workspace(n + 3) + 3;
        new Uint8Array(heap.memory.buffer, condition, n).set(
          Array.from({ length: n }, (_, i) => [0, 1, 0, 0, 255, 1, 0][i % 7] ?? 0),
        );
        const out = { apart: heap.output(n), a, b }[place];
        const { got, want } = heap.compare(
          (kernels) => kernels.select(condition, a, b, out, n, aStride, bStride),
          () => heap.floats(out, n),
        );
        expect(got).toEqual(want);
      }
    }
  });
});
