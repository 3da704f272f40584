// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { init } from './backend.ts';
import { tensor, zeros } from './create.ts';
import { OutOfMemoryError } from './errors.ts';
import { dispose, memory } from './scope.ts';
import { countStorages, Storage } from './storage.ts';
import type { Tensor } from './tensor.ts';
import { trackLeaks } from './testing/leaks.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

test('the last reference gives the bytes back', () => {
  const before = countStorages();
  const storage = Storage.allocate(100);
  storage.retain();
  storage.release();
  expect(countStorages().bytes - before.bytes).toBe(100);
  storage.release();
  expect(countStorages()).toEqual(before);
});

test('tensors keep their values when the heap grows', () => {
  const x = tensor([1, 2, 3]);
  const { heapBytes } = memory();
  const large = zeros([heapBytes / 4]);
  expect(memory().heapBytes).toBeGreaterThan(heapBytes);
  expect(x.toArray()).toEqual([1, 2, 3]);
  large.dispose();
});

test('a heap without room says what was asked and what is held, and works on', () => {
  const held: Tensor[] = [];
  const fillUp = () => {
    for (;;) held.push(zeros([2 ** 28]));
  };
  expect(fillUp).toThrow(OutOfMemoryError);
  const { bytes } = countStorages();
  expect(fillUp).toThrow(`no room for ${2 ** 30} bytes: ${bytes} bytes are held by`);
  expect(countStorages().bytes).toBe(bytes);
  dispose(held);
  expect(zeros([3]).toArray()).toEqual([0, 0, 0]);
}, 60_000);
