// SPDX-License-Identifier: Apache-2.0

import { expect, test } from 'vitest';
import { expectClose } from './expect-close-testing.ts';
import { cosines, createTestHeap, forEachBuild, sines, type TestHeap } from './testing.ts';

const nan = Number.NaN;
// Around the vector (4), three vectors long and more, and beyond a block of a row (512 and 1024).
const widths = [1, 2, 3, 4, 5, 7, 8, 12, 15, 16, 19, 51, 300, 1100];

forEachBuild('layer norm', (build) => {
  test.each(widths)('forward of rows of %i: error < 1e-6 of max(1, |y|)', async (n) => {
    const rows = 3;
    for (const misalign of [0, 4, 12]) {
      for (const withParameters of [true, false]) {
        const heap = await createTestHeap(build, 8);
        const { x, gamma, beta } = inputs(heap, rows, n, misalign);
        const scale = withParameters ? gamma : 0;
        const shift = withParameters ? beta : 0;
        const y = heap.output(rows * n, { misalign: 8 });
        const inPlace = heap.output(heap.floats(x, rows * n), { misalign });
        const [mean, rstd] = [heap.output(rows), heap.output(rows, { misalign: 4 })];
        const { got, want } = heap.compare(
          (kernels) => {
            kernels.layerNorm(x, scale, shift, y, mean, rstd, rows, n, 1e-3);
            kernels.layerNorm(inPlace, scale, shift, inPlace, mean, rstd, rows, n, 1e-3);
          },
          () => [
            heap.floats(y, rows * n),
            heap.floats(inPlace, rows * n),
            heap.floats(mean, rows),
            heap.floats(rstd, rows),
          ],
        );
        for (const [k, result] of got.entries()) expectClose(result, want[k] ?? [], 1e-6);
        expect(got[1]).toEqual(got[0]);
      }
    }
  });

  test('a mean far from 0 does not cancel the variance: error < 3e-4 at mean 1000, deviation 1', async () => {
    const n = 257;
    const heap = await createTestHeap(build, 1);
    const x = heap.input(cosines(n).map((value) => 1000 + value));
    const [y, mean, rstd] = [heap.output(n), heap.output(1), heap.output(1)];
    const { got, want } = heap.compare(
      (kernels) => kernels.layerNorm(x, 0, 0, y, mean, rstd, 1, n, 1e-5),
      () => heap.floats(y, n),
    );
    expectClose(got, want, 3e-4);
  });

  test.each(widths)('backward of rows of %i: error < 2e-6 of max(1, |d|)', async (n) => {
    for (const rows of [1, 5]) {
      const heap = await createTestHeap(build, 8);
      const { x, gamma } = inputs(heap, rows, n, 4);
      const [mean, rstd] = [heap.output(rows), heap.output(rows)];
      heap.reference.layerNorm(x, gamma, 0, heap.output(rows * n), mean, rstd, rows, n, 1e-3);
      const dy = heap.output(sines(rows * n), { misalign: 12 });
      const [dgamma, dbeta] = [heap.output(n, { misalign: 8 }), heap.output(n)];
      for (const scale of [gamma, 0]) {
        for (const dx of [heap.output(rows * n), dy]) {
          const { got, want } = heap.compare(
            (kernels) =>
              kernels.layerNormGrad(x, scale, mean, rstd, dy, dx, dgamma, dbeta, rows, n),
            () => [heap.floats(dx, rows * n), heap.floats(dgamma, n), heap.floats(dbeta, n)],
          );
          for (const [k, result] of got.entries()) expectClose(result, want[k] ?? [], 2e-6);
        }
      }
    }
  });

  test.each([1, 3, 16, 19, 35])(
    'dgamma and dbeta of 300 rows of %i: error < 135 · 2^-24 · Σ |terms|',
    async (n) => {
      const rows = 300;
      const heap = await createTestHeap(build, 8);
      const { x, gamma } = inputs(heap, rows, n, 4);
      const [mean, rstd] = [heap.output(rows), heap.output(rows)];
      heap.reference.layerNorm(x, gamma, 0, heap.output(rows * n), mean, rstd, rows, n, 1e-3);
      const dy = heap.input(sines(rows * n), { misalign: 12 });
      const [dgamma, dbeta] = [heap.output(n, { misalign: 8 }), heap.output(n)];
      const { got, want } = heap.compare(
        (kernels) => kernels.layerNormGrad(x, gamma, mean, rstd, dy, 0, dgamma, dbeta, rows, n),
        () => [heap.floats(dgamma, n), heap.floats(dbeta, n)],
      );
      const [values, changes] = [heap.floats(x, rows * n), heap.floats(dy, rows * n)];
      const [means, factors] = [heap.floats(mean, rows), heap.floats(rstd, rows)];
      for (let i = 0; i < n; i++) {
        let [gammaTerms, betaTerms] = [0, 0];
        for (let row = 0; row < rows; row++) {
          const change = Math.abs(changes[row * n + i] ?? nan);
          const centered = (values[row * n + i] ?? nan) - (means[row] ?? nan);
          gammaTerms += change * Math.abs(centered * (factors[row] ?? nan));
          betaTerms += change;
        }
        const errors = got.map((result, k) => Math.abs((result[i] ?? nan) - (want[k]?.[i] ?? nan)));
        expect(errors[0]).toBeLessThanOrEqual(135 * 2 ** -24 * gammaTerms);
        expect(errors[1]).toBeLessThanOrEqual(135 * 2 ** -24 * betaTerms);
      }
    },
  );

  test('backward writes only the gradients that have an address', async () => {
    const [rows, n] = [3, 6];
    const heap = await createTestHeap(build, 1);
    const { x, gamma } = inputs(heap, rows, n, 0);
    const [mean, rstd] = [heap.output(rows), heap.output(rows)];
    heap.reference.layerNorm(x, gamma, 0, heap.output(rows * n), mean, rstd, rows, n, 1e-3);
    const dy = heap.input(sines(rows * n));
    const outputs = [heap.output(rows * n), heap.output(n), heap.output(n)] as const;
    heap.kernels.layerNormGrad(x, gamma, mean, rstd, dy, ...outputs, rows, n);
    const all = outputs.map((pointer) => heap.floats(pointer, n));
    for (const wanted of [0, 1, 2]) {
      const chosen = outputs.map((pointer, i) => (i === wanted ? pointer : 0));
      const view = new Float32Array(heap.memory.buffer);
      for (const pointer of outputs) view.fill(7, pointer / 4, pointer / 4 + n);
      const [dx = 0, dgamma = 0, dbeta = 0] = chosen;
      heap.kernels.layerNormGrad(x, gamma, mean, rstd, dy, dx, dgamma, dbeta, rows, n);
      for (const [i, pointer] of outputs.entries()) {
        expect(heap.floats(pointer, n)).toEqual(
          i === wanted ? all[i] : new Float32Array(n).fill(7),
        );
      }
    }
  });

  test('backward is the slope of forward: central differences of the float64 reference agree to 2e-3', async () => {
    const [rows, n, step] = [2, 5, 1e-2];
    const heap = await createTestHeap(build, 1);
    const { x, gamma, beta } = inputs(heap, rows, n, 0);
    const [y, mean, rstd] = [heap.output(rows * n), heap.output(rows), heap.output(rows)];
    const weights = sines(rows * n, 2);
    const dy = heap.input(weights);
    const loss = () => {
      heap.reference.layerNorm(x, gamma, beta, y, mean, rstd, rows, n, 1e-3);
      return heap
        .floats(y, rows * n)
        .reduce((sum, value, i) => sum + value * (weights[i] ?? nan), 0);
    };
    loss();
    const [dx, dgamma, dbeta] = [heap.output(rows * n), heap.output(n), heap.output(n)];
    heap.kernels.layerNormGrad(x, gamma, mean, rstd, dy, dx, dgamma, dbeta, rows, n);
    const view = new Float32Array(heap.memory.buffer);
    for (const [pointer, gradient, size] of [
      [x, dx, rows * n],
      [gamma, dgamma, n],
      [beta, dbeta, n],
    ] as const) {
      for (let i = 0; i < size; i++) {
        const at = pointer / 4 + i;
        const value = view[at] ?? nan;
        view[at] = value + step;
        const up = loss();
        view[at] = value - step;
        const down = loss();
        view[at] = value;
        expect(
          Math.abs((heap.floats(gradient, size)[i] ?? nan) - (up - down) / (2 * step)),
        ).toBeLessThan(2e-3);
      }
    }
  });

  test('a row with NaN or Infinity is NaN throughout, its neighbours are not', async () => {
    const [rows, n] = [3, 11];
    for (const special of [nan, Number.POSITIVE_INFINITY]) {
      for (let place = 0; place < n; place++) {
        const values = cosines(rows * n);
        values[n + place] = special;
        const heap = await createTestHeap(build, 1);
        const x = heap.input(values);
        const [y, mean, rstd] = [heap.output(rows * n), heap.output(rows), heap.output(rows)];
        heap.kernels.layerNorm(x, 0, 0, y, mean, rstd, rows, n, 1e-3);
        const result = heap.floats(y, rows * n);
        expect(result.subarray(0, n).every(Number.isFinite)).toBe(true);
        expect(result.subarray(n, 2 * n).every(Number.isNaN)).toBe(true);
        expect(result.subarray(2 * n).every(Number.isFinite)).toBe(true);
      }
    }
  });
});

function inputs(heap: TestHeap, rows: number, n: number, misalign: number) {
  return {
    x: heap.output(
      cosines(rows * n).map((value) => 2 * value + 0.5),
      { misalign },
    ),
    gamma: heap.output(sines(n, 1), { misalign: 4 * (n % 4) }),
    beta: heap.output(cosines(n, 2)),
  };
}
