// SPDX-License-Identifier: Apache-2.0

import { expect, test } from 'vitest';
import { bitsOf, cosines, createTestHeap, forEachBuild } from './testing.ts';

const sizes = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 24, 27, 1000];

forEachBuild('norm', (build) => {
  test.each(sizes)('squaredNorm of %i: relative error < 1e-14', async (n) => {
    for (const misalign of [0, 4, 12]) {
      const heap = await createTestHeap(build, 1);
      const x = heap.input(cosines(n), { misalign });
      const got = heap.run(
        (kernels) => kernels.squaredNorm(x, n),
        () => heap.kernels.squaredNorm(x, n),
      );
      const want = heap.reference.squaredNorm(x, n);
      expect(Math.abs(got - want)).toBeLessThanOrEqual(1e-14 * want);
    }
  });

  test('squaredNorm neither overflows nor vanishes', async () => {
    const heap = await createTestHeap(build, 1);
    const large = heap.input([3e38, -3e38, 0]);
    expect(heap.kernels.squaredNorm(large, 3) / 2).toBe(Math.fround(3e38) ** 2);
    const small = heap.input([1e-38, 0, 0, 0, 0, 1e-38]);
    expect(heap.kernels.squaredNorm(small, 6) / 2).toBe(Math.fround(1e-38) ** 2);
  });

  test('squaredNorm lets NaN and Infinity through from every place', async () => {
    for (let i = 0; i < 11; i++) {
      const heap = await createTestHeap(build, 1);
      for (const value of [Number.NaN, Number.NEGATIVE_INFINITY]) {
        const x = heap.input(cosines(11).fill(value, i, i + 1));
        expect(heap.kernels.squaredNorm(x, 11)).toBe(value ** 2);
      }
    }
  });

  test('scaleInPlace gives equal bits to the reference', async () => {
    for (const n of sizes) {
      const heap = await createTestHeap(build, 1);
      const values = cosines(n);
      values.set([Number.NaN, Number.NEGATIVE_INFINITY, -0].slice(0, n));
      const x = heap.output(values, { misalign: 4 });
      const { got, want } = heap.compare(
        (kernels) => kernels.scaleInPlace(x, n, 0.3),
        () => bitsOf(heap.floats(x, n)),
      );
      expect(got).toEqual(want);
    }
  });
});

test('every build gives the same bits of squaredNorm', async () => {
  const sums = new Set<number>();
  const { availableBuilds, compileBuild } = await import('./load.ts');
  for (const name of availableBuilds()) {
    if (name === 'reference') continue;
    const heap = await createTestHeap({ name, module: await compileBuild(name, false) }, 1);
    sums.add(heap.kernels.squaredNorm(heap.input(cosines(1003)), 1003));
  }
  expect(sums.size).toBe(1);
});
