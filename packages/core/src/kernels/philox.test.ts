// SPDX-License-Identifier: Apache-2.0

import { expect, test } from 'vitest';
import { philoxBlock } from './reference/philox.ts';
import { bitsOf, cosines, createTestHeap, forEachBuild } from './testing.ts';

// Random123 (D. E. Shaw Research), tests/kat_vectors, the lines of philox4x32 with 10 rounds.
interface KnownAnswer {
  readonly counter: readonly [number, number, number, number];
  readonly key: readonly [number, number];
  readonly words: readonly number[];
}
const knownAnswers: readonly KnownAnswer[] = [
  { counter: [0, 0, 0, 0], key: [0, 0], words: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8] },
  {
    counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    key: [0xffffffff, 0xffffffff],
    words: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  },
  {
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    key: [0xa4093822, 0x299f31d0],
    words: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  },
];

const key = [0xa4093822, 0x299f31d0] as const;
// Plain, and such that a carry into the second, third and beyond the fourth word falls inside.
const counters = [
  [7, 5, 3, 1],
  [0xfffffffd, 5, 3, 1],
  [0xfffffff2, 5, 3, 1],
  [0xfffffff0, 0xffffffff, 3, 1],
  [0xfffffff5, 0xffffffff, 0xffffffff, 0xffffffff],
] as const;
// Below, at and above one vector loop (32 elements) and three loops long, with every tail.
const sizes = [0, 1, 2, 3, 4, 5, 31, 32, 33, 63, 64, 66, 96, 99, 163];

test.each(knownAnswers)('the reference gives Random123’s words for counter $counter', (answer) => {
  expect(philoxBlock(answer.key, answer.counter)).toEqual(answer.words);
});

forEachBuild('philox', (build) => {
  test.each(knownAnswers)(
    'bits of counter $counter are Random123’s',
    async ({ counter, key, words }) => {
      const heap = await createTestHeap(build);
      const out = heap.outputInts(4);
      const got = heap.run(
        (kernels) => kernels.philoxBits(out, 4, ...key, ...counter),
        () => heap.ints(out, 4),
      );
      expect([...got].map((word) => word >>> 0)).toEqual(words);
    },
  );

  test('block b of a long draw is the block of counter + b', async () => {
    const heap = await createTestHeap(build);
    const out = heap.outputInts(4 * 40);
    heap.kernels.philoxBits(out, 4 * 40, ...key, 0xfffffff8, 9, 8, 7);
    for (const b of [0, 7, 8, 31, 39]) {
      const counter = [(0xfffffff8 + b) >>> 0, b < 8 ? 9 : 10, 8, 7] as const;
      expect([...heap.ints(out + 16 * b, 4)].map((word) => word >>> 0)).toEqual(
        philoxBlock(key, counter),
      );
    }
  });

  test.each(counters)(
    'equal bits to the reference at every size, counter %i %i %i %i',
    async (...counter) => {
      for (const n of sizes) {
        for (const misalign of [0, 4, 12]) {
          const heap = await createTestHeap(build, 1);
          const x = heap.input(cosines(n), { misalign: 8 });
          const bits = heap.outputInts(n, { misalign });
          const uniform = heap.output(n, { misalign });
          const dropout = heap.output(n, { misalign });
          const inPlace = heap.output(cosines(n), { misalign });
          const mask = heap.output(n, { misalign });
          const { got, want } = heap.compare(
            (kernels) => {
              kernels.philoxBits(bits, n, ...key, ...counter);
              kernels.philoxUniform(uniform, n, ...key, ...counter);
              kernels.philoxDropout(x, dropout, n, 0.4, 1 / 0.6, ...key, ...counter);
              kernels.philoxDropout(inPlace, inPlace, n, 0.4, 1 / 0.6, ...key, ...counter);
              kernels.philoxMask(mask, n, 0.4, 1 / 0.6, ...key, ...counter);
            },
            () => [
              heap.ints(bits, n),
              ...[uniform, dropout, inPlace, mask].map((pointer) =>
                bitsOf(heap.floats(pointer, n)),
              ),
            ],
          );
          expect(got).toEqual(want);
          expect(got[2]).toEqual(got[3]);
        }
      }
    },
  );

  test('uniform is in [0, 1) with mean 1/2 and variance 1/12 to four standard errors', async () => {
    const heap = await createTestHeap(build);
    const n = 100_000;
    const out = heap.output(n);
    heap.kernels.philoxUniform(out, n, 1, 2, 3, 4, 5, 6);
    const values = [...heap.floats(out, n)];
    expect(values.every((u) => u >= 0 && u < 1)).toBe(true);
    const mean = values.reduce((sum, u) => sum + u, 0) / n;
    const variance = values.reduce((sum, u) => sum + (u - 0.5) ** 2, 0) / n;
    expect(Math.abs(mean - 1 / 2)).toBeLessThan(4 * Math.sqrt(1 / 12 / n));
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(4 * Math.sqrt(1 / 180 / n));
  });

  test('uniform takes the low 23 bits of the word', async () => {
    const heap = await createTestHeap(build);
    const out = heap.output(4);
    heap.kernels.philoxUniform(out, 4, 0, 0, 0, 0, 0, 0);
    const words = [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8];
    expect([...heap.floats(out, 4)]).toEqual(words.map((word) => (word & 0x7fffff) / 2 ** 23));
  });

  test('a dropped NaN or Infinity becomes 0, a kept one stays', async () => {
    const heap = await createTestHeap(build);
    const n = 67;
    const special = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const x = heap.input(Array.from({ length: n }, (_, i) => special[i % 3] ?? 0));
    const out = heap.output(n);
    const mask = heap.output(n);
    heap.kernels.philoxDropout(x, out, n, 0.5, 2, ...key, 1, 2, 3, 4);
    heap.kernels.philoxMask(mask, n, 0.5, 2, ...key, 1, 2, 3, 4);
    const expected = [...heap.floats(mask, n)].map((m, i) => (m === 0 ? 0 : special[i % 3]));
    expect([...heap.floats(out, n)]).toEqual(expected);
    expect(expected.filter((value) => value === 0).length).toBeGreaterThan(20);
  });

  test('rate 0 keeps all, rate 1 drops all, and u equal to the rate is kept', async () => {
    const heap = await createTestHeap(build);
    const n = 75;
    const uniform = heap.output(n);
    const mask = heap.output(n);
    const draw = [...key, 9, 9, 9, 9] as const;
    heap.kernels.philoxUniform(uniform, n, ...draw);
    const u = heap.floats(uniform, n);
    for (const rate of [0, 1, ...u.subarray(0, 3), ...u.subarray(n - 3)]) {
      heap.kernels.philoxMask(mask, n, rate, 3, ...draw);
      expect([...heap.floats(mask, n)]).toEqual([...u].map((value) => (value >= rate ? 3 : 0)));
    }
  });
});
