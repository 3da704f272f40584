// SPDX-License-Identifier: Apache-2.0

import { expect, test } from 'vitest';
import { expectClose } from './expect-close-testing.ts';
import { everything, spread, unitSizes } from './recurrent-testing.ts';
import { bitsOf, createTestHeap, forEachBuild, type TestHeap } from './testing.ts';

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const rows = 2;

forEachBuild('GRU step', (build) => {
  test.each(unitSizes)('%i units, reset after: error < 1e-6 of the reference', async (units) => {
    for (const misalign of [0, 4, 12]) {
      const heap = await createTestHeap(build, 1);
      const { gates, n, before, h, size } = buffers(heap, units, misalign);
      const { got, want } = heap.compare(
        (kernels) => kernels.gruGates(rows, units, gates, n, before, h),
        () => everything(heap, [gates, 3 * size], [h, size]),
      );
      expectClose(got, want, 1e-6);
    }
  });

  test.each(unitSizes)('%i units, reset before: error < 1e-6 of the reference', async (units) => {
    for (const misalign of [0, 4, 12]) {
      const heap = await createTestHeap(build, 1);
      const { gates, before, h, size } = buffers(heap, units, misalign);
      const reset = heap.output(size, { misalign });
      const { got, want } = heap.compare(
        (kernels) => {
          kernels.gruResetGates(rows, units, gates, before, reset);
          kernels.gruCandidate(rows, units, gates, before, h);
        },
        () => everything(heap, [gates, 3 * size], [reset, size], [h, size]),
      );
      expectClose(got, want, 1e-6);
    }
  });

  test.each(unitSizes)('%i units: error of the gradients < 2e-6', async (units) => {
    for (const misalign of [0, 4]) {
      const heap = await createTestHeap(build, 1);
      const { n, before, size } = buffers(heap, units, misalign);
      const gates = heap.input(activated(units), { misalign });
      const [dy, dh] = [3, 4].map((phase) => heap.input(spread(size, phase), { misalign }));
      const [dz, dn, dhBefore] = [heap.output(3 * size), heap.output(size), heap.output(size)];
      const dReset = heap.input(spread(size, 5));
      for (const [a, b] of [
        [dy, dh],
        [0, dh],
        [dy, 0],
        [0, 0],
      ] as const) {
        const after = heap.compare(
          (kernels) =>
            kernels.gruGatesGrad(rows, units, gates, n, before, a ?? 0, b ?? 0, dz, dn, dhBefore),
          () => everything(heap, [dz, 3 * size], [dn, size], [dhBefore, size]),
        );
        expectClose(after.got, after.want, 2e-6);
        const split = heap.compare(
          (kernels) => {
            kernels.gruCandidateGrad(rows, units, gates, before, a ?? 0, b ?? 0, dz, dhBefore);
            kernels.gruResetGatesGrad(rows, units, gates, before, dReset, dz, dhBefore);
          },
          () => everything(heap, [dz, 3 * size], [dhBefore, size]),
        );
        expectClose(split.got, split.want, 2e-6);
      }
    }
  });

  test.each([3, 8, 13])('%i units: in place gives the same bits', async (units) => {
    const heap = await createTestHeap(build, 1);
    const { n, before, size } = buffers(heap, units, 0);
    const values = spread(3 * size, 1);
    const states = heap.floats(before, size);
    const [gates, h, shared] = [heap.output(values), heap.output(size), heap.output(states)];
    heap.kernels.gruGates(rows, units, gates, n, before, h);
    heap.kernels.gruGates(rows, units, heap.output(values), n, shared, shared);
    expect(bitsOf(heap.floats(shared, size))).toEqual(bitsOf(heap.floats(h, size)));

    const dh = spread(size, 4);
    const [dz, dn, dhBefore] = [heap.output(3 * size), heap.output(size), heap.output(size)];
    const [dhCopy, nCopy] = [heap.output(dh), heap.output(heap.floats(n, size))];
    heap.kernels.gruGatesGrad(rows, units, gates, n, before, 0, heap.input(dh), dz, dn, dhBefore);
    heap.kernels.gruGatesGrad(rows, units, gates, nCopy, before, 0, dhCopy, gates, nCopy, dhCopy);
    expect(bitsOf(heap.floats(gates, 3 * size))).toEqual(bitsOf(heap.floats(dz, 3 * size)));
    expect(bitsOf(heap.floats(nCopy, size))).toEqual(bitsOf(heap.floats(dn, size)));
    expect(bitsOf(heap.floats(dhCopy, size))).toEqual(bitsOf(heap.floats(dhBefore, size)));
  });

  test('saturates at ±Infinity and keeps NaN in its unit', async () => {
    const heap = await createTestHeap(build, 1);
    // Gates z, r, g of four units, side by side.
    const z = [inf, -inf, -inf, nan];
    const gates = heap.output([...z, inf, -inf, inf, 0, 0, inf, 0, 0]);
    const [n, before] = [heap.input([1, 1, 1, 1]), heap.input([5, 5, 5, 5])];
    const h = heap.output(4);
    heap.kernels.gruGates(1, 4, gates, n, before, h);
    const [first, second, third, fourth] = heap.floats(h, 4);
    expect([first, second, fourth]).toEqual([5, 1, nan]);
    expect(third).toBeCloseTo(Math.tanh(1), 6);
  });
});

function buffers(heap: TestHeap, units: number, misalign: number) {
  const size = rows * units;
  return {
    size,
    gates: heap.output(spread(3 * size, 1), { misalign }),
    n: heap.input(spread(size, 2), { misalign }),
    before: heap.input(spread(size, 6), { misalign: 8 }),
    h: heap.output(size, { misalign }),
  };
}

/** Gates as `gruGates` leaves them. */
function activated(units: number): Float32Array {
  return spread(3 * rows * units, 1).map((value, i) => {
    const isCandidate = Math.floor(i / Math.max(units, 1)) % 3 === 2;
    return isCandidate ? Math.tanh(value) : 1 / (1 + Math.exp(-value));
  });
}
