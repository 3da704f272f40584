// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { init } from './backend.ts';
import { fill, ones, range, scalar, tensor, zeros, zerosLike } from './create.ts';
import { DisposedError, ShapeError } from './errors.ts';
import { memory } from './scope.ts';
import { trackLeaks } from './testing/leaks.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

describe('tensor()', () => {
  test('takes shape and dtype from nested arrays', () => {
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(x.shape).toEqual([2, 3]);
    expect(x.dtype).toBe('float32');
    expect(x.size).toBe(6);
    expect(x.rank).toBe(2);
    expect(x.data()).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
    expect(tensor([[true], [false]]).dtype).toBe('bool');
    expect(tensor(Int32Array.of(1, 2)).dtype).toBe('int32');
  });

  test('takes a shape for flat values', () => {
    expect(tensor([1, 2, 3, 4], [2, 2]).toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(tensor(Float32Array.of(1.5, 2.5), [2, 1]).toArray()).toEqual([[1.5], [2.5]]);
  });

  test('stores any nonzero number as true in bool, and truncates into int32', () => {
    expect(tensor([0, 2, -0.5], [3], 'bool').toArray()).toEqual([false, true, true]);
    expect(tensor([1.9, -1.9], [2], 'int32').toArray()).toEqual([1, -1]);
  });

  test('makes tensors without elements', () => {
    expect(tensor([]).shape).toEqual([0]);
    expect(zeros([2, 0, 3]).data()).toEqual(new Float32Array(0));
  });

  test('refuses ragged nesting, wrong counts, bad dtypes and values that are not numbers', () => {
    expect(() => tensor([[1, 2], [3]])).toThrow(ShapeError);
    expect(() => tensor([[1, 2], [3]])).toThrow('nested arrays must have equal lengths');
    expect(() => tensor([1, 2, 3], [2, 2])).toThrow('shape [2,2] needs 4 values, got 3');
    expect(() => tensor([1], [-1])).toThrow('whole numbers of at least 0');
    const badDType = 'float64' as 'float32';
    expect(() => tensor([1], [1], badDType)).toThrow("must be 'float32', 'int32' or 'bool'");
    const text = ['1'] as unknown as number[];
    expect(() => tensor(text)).toThrow('tensor: values must be numbers');
  });
});

test('fill, ones, zeros, zerosLike, scalar and range make what they say', () => {
  expect(fill([2], 7, 'int32').data()).toEqual(Int32Array.of(7, 7));
  expect(ones([2, 1]).toArray()).toEqual([[1], [1]]);
  expect(zerosLike(tensor([1, 2], [2], 'int32')).data()).toEqual(Int32Array.of(0, 0));
  expect(scalar(2.5).item()).toBe(2.5);
  expect(range(0, 1, 0.25).data()).toEqual(Float32Array.of(0, 0.25, 0.5, 0.75));
  expect(range(3, 0, -1, 'int32').data()).toEqual(Int32Array.of(3, 2, 1));
  expect(range(3, 0).size).toBe(0);
  expect(() => range(0, 1, 0)).toThrow('step must be other than 0');
});

test('item() gives the only element and refuses more', () => {
  expect(tensor([[4]]).item()).toBe(4);
  expect(() => tensor([1, 2]).item()).toThrow('exactly one element, got shape [2]');
  expect(() => tensor([]).item()).toThrow(ShapeError);
});

test('a disposed tensor says what made it and what to do', () => {
  const x = zeros([2, 3]);
  x.dispose();
  x.dispose();
  expect(x.isDisposed).toBe(true);
  expect(() => x.data()).toThrow(DisposedError);
  expect(() => x.data()).toThrow('tensor [2,3] float32 made by fill was disposed');
});

test('views share storage: bytes stay, and go back with the last handle', () => {
  const before = memory().bytes;
  const x = range(0, 6);
  const row = x.shareAs([3], 'row', 3);
  expect(row.data()).toEqual(Float32Array.of(3, 4, 5));
  expect(memory().bytes - before).toBe(24);
  x.dispose();
  expect(row.data()).toEqual(Float32Array.of(3, 4, 5));
  row.dispose();
  expect(memory().bytes).toBe(before);
});

test('using frees a tensor at the end of its block', () => {
  const before = memory().tensors;
  {
    using x = zeros([3]);
    expect(x.isDisposed).toBe(false);
  }
  expect(memory().tensors).toBe(before);
});

describe('toString() prints as NumPy does', () => {
  // Expected texts: str(numpy.array(..., dtype=float32)), NumPy 2.4.
  test.each([
    [[1, 2, 3], '[1. 2. 3.]'],
    [[0.1, 0.25, -3], '[ 0.1   0.25 -3.  ]'],
    [[Number.NaN, Number.POSITIVE_INFINITY, 1.5], '[nan inf 1.5]'],
    [[1e-10, 1.5], '[1.0e-10 1.5e+00]'],
    [[1e10, 1], '[1.e+10 1.e+00]'],
    [[], '[]'],
    [2.5, '2.5'],
    [[1 / 3, Number.NaN, 1e-5], '[3.3333334e-01           nan 9.9999997e-06]'],
    [[Number.POSITIVE_INFINITY, 1e9], '[   inf 1.e+09]'],
    [
      [
        [1.25, -100],
        [3, 4],
      ],
      '[[   1.25 -100.  ]\n [   3.      4.  ]]',
    ],
  ])('%j', (values, text) => {
    expect(String(tensor(values))).toBe(text);
  });

  test('nested, integers, booleans and long dimensions', () => {
    expect(String(tensor([1, 20, 3, 4], [2, 2], 'int32'))).toBe('[[ 1 20]\n [ 3  4]]');
    expect(String(tensor([true, false]))).toBe('[ True False]');
    expect(String(range(0, 1001))).toBe('[   0.    1.    2. ...  998.  999. 1000.]');
    expect(String(range(0, 10000))).toBe(
      '[0.000e+00 1.000e+00 2.000e+00 ... 9.997e+03 9.998e+03 9.999e+03]',
    );
    expect(String(zeros([2, 1, 2]))).toBe('[[[0. 0.]]\n\n [[0. 0.]]]');
  });
});
