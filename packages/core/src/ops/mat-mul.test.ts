// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  GradientTape,
  init,
  memory,
  OutOfMemoryError,
  ones,
  ShapeError,
  showShape,
  sizeOf,
  tensor,
  zeros,
} from '../index.ts';
import { broadcastShapes, type Shape } from '../shape.ts';
import { attachHeap, heap } from '../storage.ts';
import type { Tensor } from '../tensor.ts';
import { checkGrads } from '../testing/check-grads.ts';
import { closeTo } from '../testing/close-to.ts';
import { cosines, sines } from '../testing/fixtures.ts';
import { trackLeaks } from '../testing/leaks.ts';
import { type MatMulOptions, matMul } from './mat-mul.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const transposes: MatMulOptions[] = [
  {},
  { transposeA: true },
  { transposeB: true },
  { transposeA: true, transposeB: true },
];

// Sizes [batch of a], [batch of b], m, k, n.
// biome-ignore format: a table
const problems: [Shape, Shape, number, number, number][] = [
  [[], [], 1, 1, 1],
  [[], [], 3, 4, 5],
  [[], [], 17, 33, 9],
  [[], [], 7, 300, 70],
  [[3], [], 4, 2, 5],
  [[], [3], 4, 2, 5],
  [[2, 3], [], 2, 5, 3],
  [[2, 3], [2, 3], 2, 5, 3],
  [[2, 1], [3], 2, 5, 3],
  [[1], [4], 2, 5, 3],
];

describe.each(transposes)('matMul %j', (options) => {
  test.each(problems)(
    'batches %j and %j, m %i, k %i, n %i: within 1e-6 · k of float64',
    (batchA, batchB, m, k, n) => {
      const a = cosines([...batchA, ...(options.transposeA ? [k, m] : [m, k])]);
      const b = sines([...batchB, ...(options.transposeB ? [n, k] : [k, n])], { start: 1 });
      const { tensors } = memory();
      const product = matMul(a, b, options);
      expect(memory().tensors).toBe(tensors + 1);
      expect(product.shape).toEqual([...broadcastShapes('test', batchA, batchB), m, n]);
      closeTo(product, reference(a, b, options), { relative: 0, absolute: 1e-6 * k });
    },
  );

  test.each(problems.filter(([, , , k]) => k <= 5))(
    'gradients, first and second, of batches %j and %j, m %i, k %i, n %i',
    (batchA, batchB, m, k, n) => {
      const a = cosines([...batchA, ...(options.transposeA ? [k, m] : [m, k])]);
      const b = sines([...batchB, ...(options.transposeB ? [n, k] : [k, n])], { start: 1 });
      checkGrads((x, y) => matMul(x, y, options), [a, b], { order: 2 });
    },
  );
});

test.each([
  [
    [0, 3],
    [3, 2],
  ],
  [
    [2, 3],
    [3, 0],
  ],
  [
    [2, 0],
    [0, 2],
  ],
  [
    [0, 2, 3],
    [3, 2],
  ],
  [
    [2, 2, 0],
    [0, 2],
  ],
  [
    [0, 2, 3],
    [0, 3, 2],
  ],
])('%j times %j has zeros or nothing in it, and so have its gradients', (shapeA, shapeB) => {
  const [a, b] = [ones(shapeA), ones(shapeB)];
  const tape = new GradientTape();
  tape.watch(a);
  tape.watch(b);
  const product = tape.record(() => matMul(a, b));
  expect(product.shape).toEqual([...shapeA.slice(0, -1), shapeB.at(-1)]);
  expect(product.data()).toEqual(new Float32Array(product.size));
  const [da, db] = tape.gradient(product, [a, b]);
  expect(da?.shape).toEqual(shapeA);
  expect(da?.data()).toEqual(new Float32Array(sizeOf(shapeA)));
  expect(db?.shape).toEqual(shapeB);
  expect(db?.data()).toEqual(new Float32Array(sizeOf(shapeB)));
});

test('gradients add up when one tensor is both operands', () => {
  const x = cosines([3, 3]);
  checkGrads((y) => matMul(y, y), [x], { order: 2 });
  checkGrads((y) => matMul(y, y, { transposeA: true }), [x], { order: 2 });
});

test('gives its workspace back', () => {
  const [a, b] = [cosines([40, 50]), sines([50, 60])];
  const before = memory().bytes;
  const product = matMul(a, b, { transposeA: false });
  expect(memory().bytes - before).toBe(4 * product.size);
});

test('gives its workspace back when there is no room for the result', () => {
  const [a, b] = [cosines([40, 50]), sines([50, 60])];
  const before = memory();
  const real = heap();
  const full = { ...real, allocate: (n: number) => (n === 9600 ? 0 : real.allocate(n)) };
  attachHeap(Object.defineProperty(full, 'buffer', { get: () => real.buffer }));
  try {
    expect(() => matMul(a, b)).toThrow(OutOfMemoryError);
  } finally {
    attachHeap(real);
  }
  expect(memory()).toEqual({ ...before, heapBytes: memory().heapBytes });
});

test('errors name the shapes', () => {
  expect(() => matMul(zeros([2, 3]), zeros([4, 5]))).toThrow(
    'matMul: the inner sizes of a and b must be equal, got 3 of [2,3] and 4 of [4,5].',
  );
  expect(() => matMul(zeros([2, 3]), zeros([4, 5]), { transposeB: true })).toThrow(
    'got 3 of [2,3] and 5 of [4,5] (transposed)',
  );
  expect(() => matMul(zeros([3]), zeros([3, 4]))).toThrow(
    'at least 2 dimensions, got [3] and [3,4]',
  );
  expect(() => matMul(zeros([2, 2, 3]), zeros([3, 3, 4]))).toThrow(ShapeError);
  expect(() => matMul(zeros([2, 2, 3]), zeros([3, 3, 4]))).toThrow(
    `shapes ${showShape([2])} and ${showShape([3])} do not broadcast`,
  );
  expect(() => matMul(tensor([[1]], [1, 1], 'int32'), zeros([1, 1]))).toThrow(
    'matMul: a must be of dtype float32, got "int32". Use cast() to convert.',
  );
});

/** The definition, element by element in float64. */
function reference(a: Tensor, b: Tensor, { transposeA, transposeB }: MatMulOptions): number[] {
  const [rowsA = 1, columnsA = 1] = a.shape.slice(-2);
  const [rowsB = 1, columnsB = 1] = b.shape.slice(-2);
  const [m, k] = transposeA ? [columnsA, rowsA] : [rowsA, columnsA];
  const n = transposeB ? rowsB : columnsB;
  const batch = broadcastShapes('test', a.shape.slice(0, -2), b.shape.slice(0, -2));
  const [dataA, dataB] = [a.data(), b.data()];
  const result: number[] = [];
  for (let entry = 0; entry < sizeOf(batch); entry++) {
    const startA = rowsA * columnsA * entryOf(entry, batch, a.shape.slice(0, -2));
    const startB = rowsB * columnsB * entryOf(entry, batch, b.shape.slice(0, -2));
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let p = 0; p < k; p++) {
          const left = dataA[startA + (transposeA ? p * m + i : i * k + p)] ?? Number.NaN;
          const right = dataB[startB + (transposeB ? j * k + p : p * n + j)] ?? Number.NaN;
          sum += left * right;
        }
        result.push(sum);
      }
    }
  }
  return result;
}

/** Which entry of a batch of shape `own` the entry of the broadcast batch reads. */
function entryOf(entry: number, batch: Shape, own: Shape): number {
  let rest = entry;
  let index = 0;
  let stride = 1;
  for (let fromRight = 1; fromRight <= batch.length; fromRight++) {
    const size = batch.at(-fromRight) ?? 1;
    const ownSize = own.length >= fromRight ? (own.at(-fromRight) ?? 1) : 1;
    index += (ownSize === 1 ? 0 : rest % size) * stride;
    stride *= ownSize;
    rest = Math.floor(rest / size);
  }
  return index;
}
