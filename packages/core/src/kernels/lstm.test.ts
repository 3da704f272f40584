// SPDX-License-Identifier: Apache-2.0

import { expect, test } from 'vitest';
import { expectClose } from './expect-close-testing.ts';
import { everything, spread, unitSizes } from './recurrent-testing.ts';
import { lstmUnit } from './reference/lstm.ts';
import { bitsOf, createTestHeap, forEachBuild } from './testing.ts';

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

forEachBuild('LSTM step', (build) => {
  test.each(unitSizes)('%i units: error < 1e-6 of the reference', async (units) => {
    for (const rows of [1, 3]) {
      for (const misalign of [0, 4, 12]) {
        const heap = await createTestHeap(build, 1);
        const z = heap.output(spread(4 * rows * units, 1), { misalign });
        const before = heap.input(spread(rows * units, 2), { misalign: 8 });
        const c = heap.output(rows * units, { misalign });
        const h = heap.output(rows * units);
        const { got, want } = heap.compare(
          (kernels) => kernels.lstmGates(rows, units, z, before, c, h),
          () => everything(heap, [z, 4 * rows * units], [c, rows * units], [h, rows * units]),
        );
        expectClose(got, want, 1e-6);
      }
    }
  });

  test.each(unitSizes)('%i units: error of the gradients < 2e-6', async (units) => {
    for (const misalign of [0, 4]) {
      const heap = await createTestHeap(build, 1);
      const n = 2 * units;
      const gates = heap.input(activated(2, units), { misalign });
      const before = heap.input(spread(n, 2));
      const [dy, dh, dc] = [3, 4, 5].map((phase) => heap.input(spread(n, phase), { misalign }));
      const [dz, dcBefore] = [heap.output(4 * n), heap.output(n, { misalign })];
      for (const [a, b, c] of [
        [dy, dh, dc],
        [0, dh, 0],
        [dy, 0, dc],
        [0, 0, dc],
        [0, 0, 0],
      ] as const) {
        const { got, want } = heap.compare(
          (kernels) =>
            kernels.lstmGatesGrad(2, units, gates, before, a ?? 0, b ?? 0, c ?? 0, dz, dcBefore),
          () => everything(heap, [dz, 4 * n], [dcBefore, n]),
        );
        expectClose(got, want, 2e-6);
      }
    }
  });

  test.each([3, 8, 13])('%i units: in place gives the same bits', async (units) => {
    const heap = await createTestHeap(build, 1);
    const z = spread(4 * units, 1);
    const cells = spread(units, 2);
    const [apart, inPlace] = [heap.output(z), heap.output(z)];
    const [before, c, h] = [heap.input(cells), heap.output(units), heap.output(units)];
    const shared = heap.output(cells);
    heap.kernels.lstmGates(1, units, apart, before, c, h);
    heap.kernels.lstmGates(1, units, inPlace, shared, shared, h);
    expect(bitsOf(heap.floats(shared, units))).toEqual(bitsOf(heap.floats(c, units)));

    const [dh, dcCopy] = [heap.input(spread(units, 4)), heap.output(spread(units, 5))];
    const dc = heap.input(spread(units, 5));
    const [dz, dcBefore] = [heap.output(4 * units), heap.output(units)];
    heap.kernels.lstmGatesGrad(1, units, apart, before, 0, dh, dc, dz, dcBefore);
    heap.kernels.lstmGatesGrad(1, units, apart, before, 0, dh, dcCopy, apart, dcCopy);
    expect(bitsOf(heap.floats(apart, 4 * units))).toEqual(bitsOf(heap.floats(dz, 4 * units)));
    expect(bitsOf(heap.floats(dcCopy, units))).toEqual(bitsOf(heap.floats(dcBefore, units)));
  });

  test('a unit gives the same bits at every place', async () => {
    const heap = await createTestHeap(build, 1);
    for (const units of [1, 8, 11]) {
      const z = heap.output(
        Float32Array.from({ length: 4 * units }, (_, i) => Math.floor(i / units)),
      );
      const [before, c] = [heap.input(new Float32Array(units).fill(0.3)), heap.output(units)];
      const h = heap.output(units);
      heap.kernels.lstmGates(1, units, z, before, c, h);
      const alone = heap.floats(h, units)[0];
      expect(alone).toBeCloseTo(lstmUnit({ i: 0, f: 1, g: 2, o: 3 }, 0.3).h, 6);
      expect(heap.floats(h, units).every((value) => Object.is(value, alone))).toBe(true);
    }
  });

  test('saturates at ±Infinity and keeps NaN in its unit', async () => {
    const heap = await createTestHeap(build, 1);
    // Gates i, f, g, o of five units, side by side.
    const z = heap.output(
      [
        [inf, -inf, inf, nan, 0],
        [inf, inf, -inf, 0, 0],
        [inf, inf, -inf, 0, 0],
        [inf, -inf, inf, 0, 0],
      ].flat(),
    );
    const before = heap.input([2, 2, 2, 2, 2]);
    const [c, h] = [heap.output(5), heap.output(5)];
    heap.kernels.lstmGates(1, 5, z, before, c, h);
    expect([...heap.floats(c, 5)]).toEqual([3, 2, -1, nan, 1]);
    const [first, second, third, fourth, fifth] = heap.floats(h, 5);
    expect([second, fourth]).toEqual([0, nan]);
    expect(first).toBeCloseTo(Math.tanh(3), 6);
    expect(third).toBeCloseTo(Math.tanh(-1), 6);
    expect(fifth).toBeCloseTo(0.5 * Math.tanh(1), 6);
  });
});

/** Gates of some rows as `lstmGates` leaves them. */
function activated(rows: number, units: number): Float32Array {
  return spread(4 * rows * units, 1).map((value, i) => {
    const isCandidate = Math.floor(i / Math.max(units, 1)) % 4 === 2;
    return isCandidate ? Math.tanh(value) : 1 / (1 + Math.exp(-value));
  });
}
