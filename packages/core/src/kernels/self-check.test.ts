// SPDX-License-Identifier: Apache-2.0

import { expect, test } from 'vitest';
import type { Kernels } from './kernels.ts';
import { createReferenceKernels } from './reference/create.ts';
import { kernelNames, selfCheck } from './self-check.ts';
import { createTestHeap, forEachBuild, type TestHeap } from './testing.ts';

const scratch = 65536;
const names = kernelNames();

/** What `gemmPackB` leaves after the last column is padding, so its first word is spoiled. */
const firstWord: readonly string[] = ['gemmPackB'];
const measuring = names.filter((name) => /(Workspace|PackedBytes)$/.test(name));

test('there is a check for exactly the kernels of the reference', () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  expect(names.toSorted()).toEqual(Object.keys(createReferenceKernels(memory)).toSorted());
});

forEachBuild('self-check', (build) => {
  test.each(names)('%s passes', async (name) => {
    const heap = await createTestHeap(build);
    expect(check(heap, heap.kernels, name)).toBeUndefined();
  });

  test.each(names)('%s is refused when it traps, and when it does nothing', async (name) => {
    const heap = await createTestHeap(build);
    const trap = (): never => {
      throw new WebAssembly.RuntimeError('unreachable');
    };
    expect(check(heap, { ...heap.kernels, [name]: trap }, name)).toBe(
      `${name} failed: unreachable`,
    );
    expect(check(heap, { ...heap.kernels, [name]: () => undefined }, name)).toMatch(name);
  });

  test.each(names.filter((name) => !measuring.includes(name)))(
    '%s is refused when one element or its answer is wrong',
    async (name) => {
      const heap = await createTestHeap(build);
      const spoiled = spoil(heap, name, firstWord.includes(name) ? 'first' : 'last');
      expect(check(heap, { ...heap.kernels, [name]: spoiled }, name)).toMatch(name);
    },
  );
});

forEachBuild('the self-check of all kernels', (build) => {
  test('finds nothing, and frees what it took', async () => {
    const heap = await createTestHeap(build);
    const blocks = new Set<number>();
    const taken: number[] = [];
    const allocate = (bytes: number) => {
      taken.push(bytes);
      blocks.add(scratch);
      return scratch;
    };
    const free = (pointer: number) => blocks.delete(pointer);
    expect(selfCheck(heap.kernels, heap.memory, { allocate, free })).toBeUndefined();
    expect(taken).toEqual([2 ** 18]);
    expect(blocks.size).toBe(0);
  });

  test('tells the kernel, the element and both values', async () => {
    const heap = await createTestHeap(build);
    const sqrt: Kernels['sqrt'] = (x, out, n) => {
      heap.kernels.sqrt(x, out, n);
      new DataView(heap.memory.buffer).setFloat32(out + 4 * 100, 7, true);
    };
    expect(check(heap, { ...heap.kernels, sqrt })).toMatch(
      /^sqrt gave 7, must be \d\.\d+ \(element 100\)$/,
    );
  });

  test('notices a byte that is written beyond an output', async () => {
    const heap = await createTestHeap(build);
    const fill: Kernels['fill'] = (out, n, bits) => {
      heap.kernels.fill(out, n, bits);
      new DataView(heap.memory.buffer).setUint8(out + 4 * n, 0x7f);
    };
    expect(check(heap, { ...heap.kernels, fill })).toMatch(/^fill wrote wrong bytes at \d+/);
  });

  test('refuses on a heap without room', async () => {
    const heap = await createTestHeap(build);
    const full = { allocate: () => 0, free: () => expect.fail('there is nothing to free') };
    expect(selfCheck(heap.kernels, heap.memory, full)).toMatch('no 262144 bytes left');
  });
});

function check(heap: TestHeap, kernels: Kernels, ...only: (keyof Kernels)[]): string | undefined {
  const allocator = { allocate: () => scratch, free: () => undefined };
  return only.length === 0
    ? selfCheck(kernels, heap.memory, allocator)
    : selfCheck(kernels, heap.memory, allocator, only);
}

/** The kernel with one word wrong of those that it changes, or with another answer where it gives one. */
function spoil({ kernels, memory }: TestHeap, name: keyof Kernels, place: 'first' | 'last') {
  const kernel: unknown = kernels[name];
  if (typeof kernel !== 'function') throw new Error(`${name} must be a function.`);
  return (...operands: number[]) => {
    const before = new Int32Array(memory.buffer.slice(0));
    const answer: unknown = kernel(...operands);
    const after = new Int32Array(memory.buffer);
    const changed = (word: number, at: number) => word !== before[at];
    const at = place === 'first' ? after.findIndex(changed) : after.findLastIndex(changed);
    // The highest bit of a float's exponent, or a bit of every byte.
    if (at >= 0) after[at] = (after[at] ?? 0) ^ 0x40404040;
    return typeof answer === 'number' ? answer + 1 : answer;
  };
}
