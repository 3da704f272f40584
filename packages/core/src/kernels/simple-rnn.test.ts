// SPDX-License-Identifier: Apache-2.0

import { expect, test } from 'vitest';
import { expectClose } from './expect-close-testing.ts';
import { spread, unitSizes } from './recurrent-testing.ts';
import { bitsOf, createTestHeap, forEachBuild } from './testing.ts';
import { simpleRnnVariants } from './variants.ts';

const { tanh, relu } = simpleRnnVariants;

forEachBuild('simple RNN step', (build) => {
  test.each(unitSizes)('%i units: error of the gradient < 1e-6', async (n) => {
    for (const variant of [tanh, relu]) {
      for (const misalign of [0, 4, 12]) {
        const heap = await createTestHeap(build, 1);
        const y = heap.input(spread(n, 1).map(Math.tanh), { misalign });
        const [dy, dh] = [heap.input(spread(n, 2), { misalign }), heap.input(spread(n, 3))];
        const dz = heap.output(n, { misalign });
        for (const [a, b] of [
          [dy, dh],
          [0, dh],
          [dy, 0],
          [0, 0],
        ] as const) {
          const { got, want } = heap.compare(
            (kernels) => kernels.simpleRnnGrad(n, variant, y, a, b, dz),
            () => heap.floats(dz, n),
          );
          expectClose(got, want, 1e-6);
        }
      }
    }
  });

  test('in place on each input gives the same bits', async () => {
    const n = 13;
    const values = [spread(n, 1).map(Math.tanh), spread(n, 2), spread(n, 3)] as const;
    for (const variant of [tanh, relu]) {
      const heap = await createTestHeap(build, 1);
      const dz = heap.output(n);
      heap.kernels.simpleRnnGrad(n, variant, ...inputs(), dz);
      const want = bitsOf(heap.floats(dz, n));
      for (const place of [0, 1, 2] as const) {
        const buffers = inputs();
        heap.kernels.simpleRnnGrad(n, variant, ...buffers, buffers[place]);
        expect(bitsOf(heap.floats(buffers[place], n))).toEqual(want);
      }
      function inputs(): [number, number, number] {
        return [heap.output(values[0]), heap.output(values[1]), heap.output(values[2])];
      }
    }
  });

  test('NaN and Infinity come through; relu is flat at 0 and below', async () => {
    const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
    const heap = await createTestHeap(build, 1);
    const y = heap.input([0.5, 0, 1, 2, -0]);
    const dy = heap.input([nan, 3, inf, inf, 1]);
    const dz = heap.output(5);
    heap.kernels.simpleRnnGrad(5, relu, y, dy, 0, dz);
    expect([...heap.floats(dz, 5)]).toEqual([nan, 0, inf, inf, 0]);
    heap.kernels.simpleRnnGrad(5, tanh, y, dy, 0, dz);
    expect([...heap.floats(dz, 5)]).toEqual([nan, 3, nan, -inf, 1]);
  });
});
