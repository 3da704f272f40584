// SPDX-License-Identifier: Apache-2.0

import { expect, test } from 'vitest';
import type { ActivationGradKernels } from './reference/activation-grad.ts';
import { unaryFunctions } from './reference/unary.ts';
import { cosines, createTestHeap, forEachBuild, sines } from './testing.ts';

type Name = keyof ActivationGradKernels;

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const sizes = [0, 1, 2, 3, 4, 5, 15, 16, 17, 32, 48, 51];

/** The function, what the kernel takes of it, and the bound relative to |dy|. */
const kernels = [
  { name: 'tanhGrad', f: 'tanh', takes: 'y', bound: 1.3e-7 },
  { name: 'sigmoidGrad', f: 'sigmoid', takes: 'y', bound: 5e-8 },
  { name: 'softplusGrad', f: 'softplus', takes: 'x', bound: 2.1e-7 },
  { name: 'siluGrad', f: 'silu', takes: 'x', bound: 2.5e-7 },
  { name: 'geluTanhGrad', f: 'geluTanh', takes: 'x', bound: 8e-7 },
  { name: 'geluErfGrad', f: 'geluErf', takes: 'x', bound: 3e-7 },
  { name: 'reluGrad', f: 'relu', takes: 'x', bound: 0 },
] as const;

forEachBuild('activation gradients', (build) => {
  test.each(kernels)(
    '$name: error < $bound · |dy| against the reference in float64',
    async ({ name, takes, f, bound }) => {
      const n = 20_001;
      const at = Float32Array.from({ length: n }, (_, i) => (i - 10_000) / 700);
      const values = takes === 'x' ? at : at.map((x) => unaryFunctions[f](x));
      const heap = await createTestHeap(build);
      const x = heap.input(values);
      const dy = heap.input(cosines(n));
      const out = heap.output(n);
      heap.kernels[name](x, dy, out, n);
      const got = heap.floats(out, n);
      heap.reference[name](x, dy, out, n);
      const want = heap.floats(out, n);
      let worst = 0;
      for (const [i, change] of cosines(n).entries()) {
        const error = Math.abs((got[i] ?? nan) - (want[i] ?? nan)) / Math.abs(change);
        worst = Math.max(worst, error);
      }
      expect(worst).toBeLessThanOrEqual(bound);
    },
  );

  test.each(kernels)(
    '$name is the slope of $f: central differences of the float64 function agree to 1e-6',
    async ({ name, takes, f }) => {
      const at = Float32Array.from([-9, -4, -2.5, -1, -0.3, 0.01, 0.2, 0.7, 1.5, 3, 8]);
      const values = takes === 'x' ? at : at.map((x) => unaryFunctions[f](x));
      const heap = await createTestHeap(build, 1);
      const x = heap.input(values);
      const dy = heap.input(sines(at.length, 1));
      const out = heap.output(at.length);
      heap.kernels[name](x, dy, out, at.length);
      const got = heap.floats(out, at.length);
      for (const [i, change] of sines(at.length, 1).entries()) {
        const [point, step] = [at[i] ?? nan, 1e-5];
        const slope =
          (unaryFunctions[f](point + step) - unaryFunctions[f](point - step)) / (2 * step);
        expect(Math.abs((got[i] ?? nan) - slope * change)).toBeLessThan(1e-6);
      }
    },
  );

  test.each<[Name, number[], number[]]>([
    ['tanhGrad', [1, -1, 0, nan], [0, 0, 2, nan]],
    ['sigmoidGrad', [1, 0, 0.5, nan], [0, 0, 0.5, nan]],
    ['reluGrad', [inf, -inf, 0, -0, 1e-45, nan], [2, 0, 0, 0, 2, 0]],
    ['softplusGrad', [inf, -inf, 0, nan], [2, 0, 1, nan]],
    ['siluGrad', [inf, -inf, 3e38, -3e38, 0, nan], [2, 0, 2, 0, 1, nan]],
    ['geluTanhGrad', [inf, -inf, 3e38, -3e38, 0, nan], [2, 0, 2, 0, 1, nan]],
    ['geluErfGrad', [inf, -inf, 3e38, -3e38, 0, nan], [2, 0, 2, 0, 1, nan]],
  ])('%s at its limits to 1e-32, with dy = 2', async (name, at, expected) => {
    const heap = await createTestHeap(build, 1);
    const x = heap.input(at);
    const dy = heap.input(at.map(() => 2));
    const out = heap.output(at.length);
    heap.kernels[name](x, dy, out, at.length);
    for (const [i, value] of heap.floats(out, at.length).entries()) {
      const limit = expected[i] ?? nan;
      if (Number.isNaN(limit)) expect(value).toBeNaN();
      else expect(Math.abs(value - limit)).toBeLessThan(1e-32);
    }
  });

  test('reluGrad drops a NaN or Infinity of dy where x is not positive', async () => {
    const heap = await createTestHeap(build, 1);
    const x = heap.input([-1, 0, -2, 1]);
    const dy = heap.input([nan, inf, -inf, nan]);
    const out = heap.output(4);
    heap.kernels.reluGrad(x, dy, out, 4);
    expect([...heap.floats(out, 4)]).toEqual([0, 0, 0, nan]);
  });

  test.each(kernels)(
    '$name gives each element the same bits at every size and place',
    async ({ name }) => {
      const x = cosines(51).map((value) => value / 2 + 0.5);
      const dy = sines(51);
      const alone = await createTestHeap(build, 1);
      const expected = [...x].map((value, i) => {
        const [at, change] = [alone.output([value]), alone.input([dy[i] ?? nan])];
        alone.kernels[name](at, change, at, 1);
        return alone.floats(at, 1)[0];
      });
      for (const n of sizes) {
        for (const misalign of [0, 4, 12]) {
          for (const place of ['apart', 'x', 'dy']) {
            const heap = await createTestHeap(build, 1);
            const at = heap.output(x.subarray(0, n), { misalign });
            const change = heap.output(dy.subarray(0, n), { misalign: 8 });
            const out = { apart: heap.output(n), x: at, dy: change }[place] ?? 0;
            const got = heap.run(
              (table) => table[name](at, change, out, n),
              () => [...heap.floats(out, n)],
            );
            expect(got).toEqual(expected.slice(0, n));
          }
        }
      }
    },
  );
});
