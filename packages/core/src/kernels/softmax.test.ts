// SPDX-License-Identifier: Apache-2.0

import { expect, test } from 'vitest';
import { expectClose } from './expect-close-testing.ts';
import { cosines, createTestHeap, forEachBuild, sines } from './testing.ts';

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
// Around the vector (4) and the loop (16), three loops long, and beyond a block (2048 and 1024).
const widths = [1, 2, 3, 4, 5, 7, 15, 16, 17, 19, 31, 32, 48, 51, 2100];
const rows = 3;

forEachBuild('softmax', (build) => {
  test.each(widths)(
    'softmax, logSoftmax and logSumExp of rows of %i: error < 5e-7 of max(1, |y|), sums 1 to 3e-7',
    async (n) => {
      for (const misalign of [0, 4, 12]) {
        const values = cosines(rows * n).map((value) => 8 * value);
        const heap = await createTestHeap(build, 8);
        const x = heap.input(values, { misalign });
        const [p, logP] = [heap.output(rows * n, { misalign: 8 }), heap.output(rows * n)];
        const inPlace = heap.output(values, { misalign });
        const total = heap.output(rows, { misalign: 4 });
        const { got, want } = heap.compare(
          (kernels) => {
            kernels.softmax(x, p, rows, n);
            kernels.softmax(inPlace, inPlace, rows, n);
            kernels.logSoftmax(x, logP, rows, n);
            kernels.logSumExp(x, total, rows, n);
          },
          () => [
            ...[p, inPlace, logP].map((at) => heap.floats(at, rows * n)),
            heap.floats(total, rows),
          ],
        );
        for (const [k, result] of got.entries()) expectClose(result, want[k] ?? [], 5e-7);
        expect(got[0]).toEqual(got[1]);
        for (let row = 0; row < rows; row++) {
          const sum = [...(got[0]?.subarray(row * n, (row + 1) * n) ?? [])].reduce(
            (a, b) => a + b,
            0,
          );
          expect(Math.abs(sum - 1)).toBeLessThan(3e-7);
        }
      }
    },
  );

  test.each(widths)(
    'softmaxGrad and logSoftmaxGrad of rows of %i: error < 5e-7 of max(1, |y|)',
    async (n) => {
      for (const misalign of [0, 4, 12]) {
        for (const place of ['apart', 'y', 'dy'] as const) {
          const heap = await createTestHeap(build, 8);
          const logits = cosines(rows * n);
          const y = heap.output(logits, { misalign });
          heap.reference.softmax(y, y, rows, n);
          const logY = heap.output(logits, { misalign: 8 });
          heap.reference.logSoftmax(logY, logY, rows, n);
          const dy = heap.output(sines(rows * n), { misalign: 4 });
          const first = { apart: heap.output(rows * n), y, dy }[place];
          const second = { apart: heap.output(rows * n), y: logY, dy }[place];
          for (const [kernel, from, to] of [
            ['softmaxGrad', y, first],
            ['logSoftmaxGrad', logY, second],
          ] as const) {
            const { got, want } = heap.compare(
              (kernels) => kernels[kernel](from, dy, to, rows, n),
              () => heap.floats(to, rows * n),
            );
            expectClose(got, want, n > 1000 ? 4e-6 : 5e-7);
          }
        }
      }
    },
  );

  test('a logit of −Infinity gets probability 0 and log-probability −Infinity', async () => {
    const n = 22;
    const values = cosines(n);
    for (const i of [0, 5, 16, 21]) values[i] = -inf;
    const heap = await createTestHeap(build, 1);
    const [x, p, logP] = [heap.input(values), heap.output(n), heap.output(n)];
    heap.kernels.softmax(x, p, 1, n);
    heap.kernels.logSoftmax(x, logP, 1, n);
    for (const [i, value] of values.entries()) {
      if (value !== -inf) continue;
      expect([heap.floats(p, n)[i], heap.floats(logP, n)[i]]).toEqual([0, -inf]);
    }
    expect([...heap.floats(p, n)].reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
  });

  test('a logit of 500 at any place of a row takes the whole probability', async () => {
    for (const n of [1, 4, 16, 37, 52]) {
      for (let place = 0; place < n; place++) {
        const values = cosines(n);
        values[place] = 500;
        const heap = await createTestHeap(build, 1);
        const [x, p, total] = [heap.input(values), heap.output(n), heap.output(1)];
        heap.kernels.softmax(x, p, 1, n);
        heap.kernels.logSumExp(x, total, 1, n);
        expect([...heap.floats(p, n)]).toEqual([...values].map((value) => (value === 500 ? 1 : 0)));
        expect(heap.floats(total, 1)[0]).toBe(500);
      }
    }
  });

  test('logits of ±3e38 do not overflow', async () => {
    const heap = await createTestHeap(build, 1);
    const x = heap.input([3e38, 3e38, -3e38, 0]);
    const [p, total] = [heap.output(4), heap.output(1)];
    heap.kernels.softmax(x, p, 1, 4);
    heap.kernels.logSumExp(x, total, 1, 4);
    expect([...heap.floats(p, 4)]).toEqual([0.5, 0.5, 0, 0]);
    expect(heap.floats(total, 1)[0]).toBe(Math.fround(3e38));
  });

  test.each([
    { name: 'NaN', put: [nan], softmax: nan, total: nan },
    { name: 'Infinity', put: [inf], softmax: nan, total: inf },
    { name: 'NaN and Infinity', put: [nan, inf], softmax: nan, total: nan },
  ])(
    'a row with $name at any place is NaN, its neighbours are not',
    async ({ put, softmax, total }) => {
      const n = 21;
      for (let place = 0; place + put.length <= n; place++) {
        const values = cosines(3 * n);
        values.set(put, n + place);
        const heap = await createTestHeap(build, 1);
        const x = heap.input(values);
        const [p, logP, sums] = [heap.output(3 * n), heap.output(3 * n), heap.output(3)];
        heap.kernels.softmax(x, p, 3, n);
        heap.kernels.logSoftmax(x, logP, 3, n);
        heap.kernels.logSumExp(x, sums, 3, n);
        for (const result of [heap.floats(p, 3 * n), heap.floats(logP, 3 * n)]) {
          expect(result.subarray(0, n).every(Number.isFinite)).toBe(true);
          expect(result[n + place]).toEqual(softmax);
          expect(result.subarray(2 * n).every(Number.isFinite)).toBe(true);
        }
        expect(heap.floats(sums, 3)[1]).toEqual(total);
      }
    },
  );

  test('a row of −Infinity is NaN, its logSumExp −Infinity', async () => {
    const n = 19;
    const heap = await createTestHeap(build, 1);
    const x = heap.input(new Float32Array(n).fill(-inf));
    const [p, logP, total] = [heap.output(n), heap.output(n), heap.output(1)];
    heap.kernels.softmax(x, p, 1, n);
    heap.kernels.logSoftmax(x, logP, 1, n);
    heap.kernels.logSumExp(x, total, 1, n);
    expect(heap.floats(p, n).every(Number.isNaN)).toBe(true);
    expect(heap.floats(logP, n).every(Number.isNaN)).toBe(true);
    expect(heap.floats(total, 1)[0]).toBe(-inf);
  });
});
