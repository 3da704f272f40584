// SPDX-License-Identifier: Apache-2.0

import { describe, expect, test } from 'vitest';
import { type MatrixView, multiply } from './gemm.ts';
import { type ProductCase, part, product, scratchOn, stored, view } from './gemm-testing.ts';
import {
  bitsOf,
  cosines,
  createTestHeap,
  forEachBuild,
  sines,
  type TestedBuild,
} from './testing.ts';

const transposes = [
  { name: 'NN', transA: 0, transB: 0 },
  { name: 'TN', transA: 1, transB: 0 },
  { name: 'NT', transA: 0, transB: 1 },
  { name: 'TT', transA: 1, transB: 1 },
] as const;

forEachBuild('gemm', (build) => {
  describe.each(transposes)('$name', ({ transA, transB }) => {
    const form = { transA, transB };

    test('error ≤ (k + 3) · 2⁻²⁴ · Σ|a||b| for all sizes around the tile and all tails', async () => {
      for (const m of [1, 2, 3, 5, 6, 7, 13, 20]) {
        for (const n of [1, 3, 4, 5, 8, 9, 16, 17, 26, 33]) {
          for (const k of [1, 2, 3, 4, 7]) await checkError(build, { m, n, k, ...form });
        }
      }
    });

    test.each([
      { m: 19, n: 19, k: 255 },
      { m: 7, n: 65, k: 256 },
      { m: 3, n: 135, k: 257 },
      { m: 18, n: 3, k: 515 },
      { m: 13, n: 17, k: 771 },
      { m: 1, n: 70, k: 300 },
      { m: 180, n: 24, k: 9 },
      { m: 181, n: 9, k: 17 },
      { m: 545, n: 18, k: 5 },
      { m: 300, n: 2, k: 260 },
    ])('the bound holds around the blocks: m $m, n $n, k $k', async (sizes) => {
      await checkError(build, { ...sizes, ...form });
    });

    test('the bound holds for rows that lie far apart, which are copied first', async () => {
      for (const m of [4, 6, 20, 190]) {
        await checkError(build, { m, n: 41, k: 5, gap: 1024, ...form });
        await checkError(build, { m, n: 33, k: 261, gap: 1021, ...form });
      }
    });

    test('rows may have gaps and any alignment; gaps are neither read nor written', async () => {
      for (const misalign of [0, 1, 4, 12]) {
        for (const n of [3, 8, 21]) {
          await checkError(build, { m: 17, n, k: 11, gap: 3, misalign, ...form });
          await checkError(build, { m: 7, n, k: 12, gap: 1, misalign, accumulate: 1, ...form });
        }
      }
    });

    test('accumulates, adds a bias and clips, alone and together', async () => {
      for (const accumulate of [0, 1]) {
        for (const bias of [false, true]) {
          for (const relu of [0, 1]) {
            for (const n of [2, 8, 13, 24]) {
              for (const k of [0, 3, 300]) {
                await checkError(build, { m: 17, n, k, accumulate, bias, relu, ...form });
                await checkError(build, { m: 3, n, k, accumulate, bias, relu, ...form });
              }
            }
          }
        }
      }
    });

    test('a packed B gives the same bits', async () => {
      for (const m of [1, 2, 6, 17, 40]) {
        for (const n of [1, 4, 8, 11, 16, 71]) {
          for (const k of [0, 1, 5, 256, 300]) {
            const options = { m, n, k, bias: true, accumulate: m % 2, ...form };
            const plain = await product(build, options);
            const packed = await product(build, { ...options, packed: true });
            expect(bitsOf(packed.got)).toEqual(bitsOf(plain.got));
          }
        }
      }
    });

    test('NaN and ±Infinity reach exactly the elements that the sums give them to', async () => {
      for (const [m, n, k] of [
        [7, 11, 9],
        [20, 3, 6],
        [13, 17, 4],
        [2, 40, 5],
      ] as const) {
        const a = cosines(m * k);
        const b = sines(k * n, 1);
        a[1] = Number.NaN;
        a[m * k - 1] = Number.POSITIVE_INFINITY;
        b[2] = Number.NEGATIVE_INFINITY;
        b[k * n - 2] = Number.NaN;
        b[k * n - 1] = 0;
        const { got, want } = await product(build, { m, n, k, a, b, relu: 1, ...form });
        expect(want.filter(Number.isNaN).length).toBeGreaterThan(0);
        expect(want.filter(Number.isFinite).length).toBeGreaterThan(0);
        for (const [i, value] of want.entries()) {
          if (Number.isFinite(value)) expect(got[i]).toBeCloseTo(value, 4);
          else expect(got[i]).toBe(value);
        }
      }
    });

    test('every element has the same bits whatever the rows, columns and addresses around it', async () => {
      const [m, n, k] = [23, 37, 270];
      const whole = await product(build, { m, n, k, ...form });
      const heap = await createTestHeap(build);
      const a = view(
        heap.input(stored(m, k, transA, cosines(m * k)), { misalign: 4 }),
        m,
        k,
        transA,
      );
      const b = view(
        heap.input(stored(k, n, transB, sines(k * n, 1)), { misalign: 8 }),
        k,
        n,
        transB,
      );
      const scratch = scratchOn(heap, transA, transB, m, n, k);
      for (const [i, j, rows, columns] of [
        [0, 0, 1, 1],
        [5, 3, 18, 2],
        [22, 30, 1, 7],
        [2, 1, 4, 33],
        [1, 16, 2, 17],
      ] as const) {
        const c = { pointer: heap.output(rows * columns), rows, columns, stride: columns };
        multiply(heap.kernels, scratch, part(a, i, 0, rows, k), part(b, 0, j, k, columns), c);
        const got = heap.floats(c.pointer, rows * columns);
        const want = Float32Array.from(got, (_, at) => {
          const [row, column] = [Math.floor(at / columns), at % columns];
          return whole.got[(i + row) * n + j + column] ?? Number.NaN;
        });
        expect(bitsOf(got)).toEqual(bitsOf(want));
      }
    });
  });

  test('k = 0 gives zeros, the bias, or leaves C as it is', async () => {
    for (const n of [3, 8, 20]) {
      const zeros = await product(build, { m: 17, n, k: 0 });
      expect(bitsOf(zeros.got)).toEqual(new Uint32Array(17 * n));
      const biased = await product(build, { m: 17, n, k: 0, bias: true });
      expect(bitsOf(biased.got)).toEqual(bitsOf(biased.want));
      const kept = await product(build, { m: 17, n, k: 0, accumulate: 1 });
      expect(bitsOf(kept.got)).toEqual(bitsOf(kept.want));
    }
  });

  test('m = 0 or n = 0 writes nothing', async () => {
    for (const sizes of [
      { m: 0, n: 5, k: 3 },
      { m: 5, n: 0, k: 3 },
      { m: 20, n: 0, k: 3 },
    ]) {
      expect((await product(build, { ...sizes, bias: true })).got).toHaveLength(0);
      expect((await product(build, { ...sizes, packed: true })).got).toHaveLength(0);
    }
  });

  test('multiply refuses shapes that do not fit', async () => {
    const heap = await createTestHeap(build);
    const scratch = () => 0;
    const matrix = (rows: number, columns: number): MatrixView => view(4096, rows, columns, 0);
    const refused = (a: MatrixView, b: MatrixView, c: MatrixView) => () =>
      multiply(heap.kernels, scratch, a, b, c);
    expect(refused(matrix(2, 3), matrix(4, 5), matrix(2, 5))).toThrow(
      'gemm: b must be a matrix of 3 rows, got [4, 5].',
    );
    expect(refused(matrix(2, 3), matrix(3, 5), matrix(5, 2))).toThrow(
      'gemm: c must be [2, 5], got [5, 2].',
    );
    expect(refused({ ...matrix(2, 3), stride: 2 }, matrix(3, 5), matrix(2, 5))).toThrow(
      'gemm: a.stride must be at least 3, got 2.',
    );
  });
});

async function checkError(build: TestedBuild, sizes: ProductCase): Promise<void> {
  const { got, want, bound } = await product(build, sizes);
  for (const [i, value] of want.entries()) {
    const error = Math.abs((got[i] ?? Number.NaN) - value);
    if (error <= (bound[i] ?? 0)) continue;
    throw new Error(`${JSON.stringify(sizes)}: element ${i} must be ${value}, got ${got[i]}`);
  }
}
