// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { init } from '../backend.ts';
import { tensor } from '../create.ts';
import { add } from '../ops/arithmetic.ts';
import { fromTfjs, toTfjs } from './bridge.ts';
import '../ops/backward-arithmetic.ts';
import { Parameter } from '../parameter.ts';
import { memory } from '../scope.ts';
import { trackLeaks } from '../testing/leaks.ts';

beforeAll(async () => {
  await init();
});
let before: tf.MemoryInfo;
beforeEach(() => {
  before = tf.memory();
});
afterEach(() => {
  const { numTensors, numDataBuffers, numBytes } = before;
  expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers, numBytes });
});
// Hooks after a test run last to first: our tensors go before tfjs's are counted.
trackLeaks({ beforeEach, afterEach });

/** Where a tfjs tensor's elements are in the heap. */
function addressOf(t: tf.Tensor): number {
  const store: unknown = tf.backend();
  const { dataIdMap } = store as { dataIdMap: { get(id: object): { memoryOffset: number } } };
  return dataIdMap.get(t.dataId).memoryOffset;
}

test('toTfjs shares storage; either side may be disposed first', () => {
  const x = tensor([1, 2, 3, 4], [2, 2]);
  const t = toTfjs(x);
  expect(addressOf(t)).toBe(x.pointer);
  x.dispose();
  expect([...t.dataSync()]).toEqual([1, 2, 3, 4]);
  t.dispose();
  const y = tensor([5, 6]);
  toTfjs(y).dispose();
  expect([...y.data()]).toEqual([5, 6]);
});

test('fromTfjs shares storage; either side may be disposed first', () => {
  const t = tf.tensor([1, 2, 3], [3], 'int32');
  const x = fromTfjs(t);
  expect(x.pointer).toBe(addressOf(t));
  expect(x.dtype).toBe('int32');
  t.dispose();
  expect([...x.data()]).toEqual([1, 2, 3]);
  x.dispose();
  const u = tf.tensor([true, false], [2], 'bool');
  fromTfjs(u).dispose();
  expect([...u.dataSync()]).toEqual([1, 0]);
  u.dispose();
});

test('there and back again, twice, shares one storage', () => {
  const bytes = memory().bytes;
  const x = tensor([1, 2]);
  const t = toTfjs(x);
  const u = toTfjs(x);
  const y = fromTfjs(t);
  expect(y.pointer).toBe(x.pointer);
  x.dispose();
  t.dispose();
  u.dispose();
  expect([...y.data()]).toEqual([1, 2]);
  y.dispose();
  expect(memory().bytes).toBe(bytes);
});

test('a view and a parameter are copied: tfjs frees whole blocks and caches by id', () => {
  const x = tensor([1, 2, 3, 4]);
  const half = x.shareAs([2], 'half', 2);
  const t = toTfjs(half);
  expect(addressOf(t)).not.toBe(half.pointer);
  expect([...t.dataSync()]).toEqual([3, 4]);
  const w = new Parameter('w', x);
  const u = toTfjs(w.value);
  expect(addressOf(u)).not.toBe(w.value.pointer);
  w.dispose();
  t.dispose();
  u.dispose();
});

test('tensors that tfjs does not have in the WASM heap, and dtypes we do not have', () => {
  const text = tf.tensor(['a']);
  expect(() => fromTfjs(text)).toThrow("of dtype 'float32', 'int32' or 'bool', got \"string\"");
  text.dispose();
  const empty = toTfjs(tensor([]));
  expect(fromTfjs(empty).shape).toEqual([0]);
  empty.dispose();
});

test('mixing the two classes is an error that says what to do', () => {
  const t = tf.tensor([1]);
  const wrong = t as unknown as ReturnType<typeof tensor>;
  expect(() => add(wrong, 1)).toThrow('fromTfjs() of @tapeloop/core/tfjs for a tf.Tensor');
  t.dispose();
});
