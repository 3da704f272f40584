// SPDX-License-Identifier: Apache-2.0

import { expect, test } from 'vitest';
import { unaryFunctions } from './reference/unary.ts';
import {
  bitsOf,
  cosines,
  createTestHeap,
  forEachBuild,
  type TestedBuild,
  type TestHeap,
} from './testing.ts';
import { edges } from './unary-edges-testing.ts';

type Name = keyof typeof unaryFunctions;

const smallestNormal = 2 ** -126;
const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
// Below, at and above a vector, the loop of four vectors, and three loops long; tails of 1 to 3.
const sizes = [0, 1, 2, 3, 4, 5, 7, 15, 16, 17, 19, 31, 32, 48, 51];

/** Relative errors where the result is a normal number, absolute ones where it is subnormal. */
const relative: readonly [Name, number, number][] = [
  ['exp', 1.1e-7, 1.4e-45],
  ['expm1', 1.3e-7, 0],
  ['log', 1e-7, 0],
  ['log1p', 1.3e-7, 0],
  ['tanh', 1.9e-7, 0],
  ['sigmoid', 1.6e-7, 3e-39],
  ['erf', 1.5e-7, 1.4e-45],
  ['softplus', 2.8e-7, 1.4e-45],
  ['rsqrt', 1e-7, 0],
];

/** Errors relative to max(1, |y|), for functions that are small by cancellation far on the left. */
const absolute: readonly [Name, number][] = [
  ['silu', 1.8e-7],
  ['geluTanh', 1.8e-7],
  ['geluErf', 1.3e-7],
];

const exact: readonly Name[] = [
  'relu',
  'neg',
  'abs',
  'square',
  'sqrt',
  'reciprocal',
  'floor',
  'sign',
];

forEachBuild('unary', (build) => {
  test.each(relative)(
    '%s: relative error < %d, absolute < %d in subnormals',
    async (name, bound, tiny) => {
      const { x, got, want } = await everywhere(build, name);
      for (const [i, y] of want.entries()) {
        const error = Math.abs((got[i] ?? nan) - y);
        const limit = Math.abs(y) < smallestNormal ? tiny : bound * Math.abs(y);
        if (!(error <= limit) && !Object.is(got[i], Math.fround(y))) {
          expect.fail(`${name}(${x[i]}) is ${got[i]}, must be ${y}`);
        }
      }
    },
  );

  test.each(absolute)('%s: error < %d · max(1, |y|)', async (name, bound) => {
    const { x, got, want } = await everywhere(build, name);
    for (const [i, y] of want.entries()) {
      const error = Math.abs((got[i] ?? nan) - y);
      if (!(error <= bound * Math.max(1, Math.abs(y))) && !Object.is(got[i], Math.fround(y))) {
        expect.fail(`${name}(${x[i]}) is ${got[i]}, must be ${y}`);
      }
    }
  });

  test('geluErf: relative error < 5e-6 down to the smallest normal result', async () => {
    const { x, got, want } = await everywhere(build, 'geluErf');
    for (const [i, y] of want.entries()) {
      if (Math.abs(y) < smallestNormal || !Number.isFinite(y)) continue;
      const error = Math.abs((got[i] ?? nan) / y - 1);
      if (!(error <= 5e-6)) expect.fail(`geluErf(${x[i]}) is ${got[i]}, must be ${y}`);
    }
  });

  test.each(exact)('%s: correctly rounded, equal bits to the reference', async (name) => {
    const { got, want } = await everywhere(build, name);
    expect(bitsOf(got)).toEqual(bitsOf(Float32Array.from(want)));
  });

  test.each(['tanh', 'erf'] as const)('%s is never beyond ±1', async (name) => {
    const { got } = await everywhere(build, name);
    expect(got.every((y) => Number.isNaN(y) || Math.abs(y) <= 1)).toBe(true);
  });

  test.each(Object.entries(edges))('%s at its edges', async (name, cases) => {
    const heap = await createTestHeap(build);
    const x = heap.input([nan, ...cases.map(([at]) => at)]);
    const out = heap.output(cases.length + 1);
    heap.kernels[name as Name](x, out, cases.length + 1);
    expect([...heap.floats(out, cases.length + 1)]).toEqual([
      nan,
      ...cases.map(([, value]) => Math.fround(value)),
    ]);
  });

  test('clip is min(max(x, low), high), with NaN let through', async () => {
    const x = [nan, inf, -inf, -3, -2, -1.5, 0, 0.5, 1, 7];
    const heap = await createTestHeap(build);
    const at = heap.input(x);
    const out = heap.output(x.length);
    const { got, want } = heap.compare(
      (kernels) => kernels.clip(at, out, x.length, -2, 1),
      () => [...heap.floats(out, x.length)],
    );
    expect(got).toEqual([nan, 1, -2, -2, -2, -1.5, 0, 0.5, 1, 1]);
    expect(want).toEqual(got);
  });

  test.each([...Object.keys(edges), 'clip'])(
    '%s gives each element the same bits at every size and place',
    async (name) => {
      const values = cosines(51).map((value) => 3 * value + 3.01);
      const call = (heap: TestHeap, x: number, out: number, n: number) => () => {
        if (name === 'clip') heap.kernels.clip(x, out, n, 0.5, 4);
        else heap.kernels[name as Name](x, out, n);
      };
      const alone = await createTestHeap(build, 1);
      const expected = [...values].map((value) => {
        const x = alone.output([value]);
        call(alone, x, x, 1)();
        return alone.floats(x, 1)[0];
      });
      for (const n of sizes) {
        for (const misalign of [0, 4, 12]) {
          const heap = await createTestHeap(build, 1);
          const x = heap.input(values.subarray(0, n), { misalign });
          const out = heap.output(n, { misalign: 8 });
          const inPlace = heap.output(values.subarray(0, n), { misalign });
          const read = (pointer: number) => () => [...heap.floats(pointer, n)];
          expect(heap.run(call(heap, x, out, n), read(out))).toEqual(expected.slice(0, n));
          expect(heap.run(call(heap, inPlace, inPlace, n), read(inPlace))).toEqual(
            expected.slice(0, n),
          );
        }
      }
    },
  );
});

/** A function at floats spread over all bit patterns, and densely where its value changes. */
async function everywhere(build: TestedBuild, name: Name) {
  const bits = Uint32Array.from({ length: 40_000 }, (_, i) => i * 107_377);
  const dense = Float32Array.from(
    { length: 40_001 },
    (_, i) => (i - 20_000) / 1511 + 1e-4 * Math.cos(i),
  );
  const x = Float32Array.from([...new Float32Array(bits.buffer), ...dense]);
  const heap = await createTestHeap(build);
  const at = heap.input(x);
  const out = heap.output(x.length);
  heap.kernels[name](at, out, x.length);
  return { x, got: heap.floats(out, x.length), want: Float64Array.from(x, unaryFunctions[name]) };
}
