// SPDX-License-Identifier: Apache-2.0
// Reductions, softmax, slices, gathers and transposes.
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { accelerateTfjs } from './accelerate.ts';
import { type Case, compareWithCpu, integers } from './testing.ts';

beforeAll(async () => {
  tf.env().set('IS_TEST', true);
  await accelerateTfjs();
});

const ids = (length: number, modulus: number, first = 0) =>
  Array.from({ length }, (_, i) => ((i * 7) % modulus) + first);

const reductions = (name: string): readonly Case[] => [
  { title: 'rows', inputs: { x: [7, 33] }, attrs: { [name]: [1], keepDims: false } },
  { title: 'columns, kept', inputs: { x: [7, 33] }, attrs: { [name]: [0], keepDims: true } },
  { title: 'in the middle', inputs: { x: [3, 4, 5] }, attrs: { [name]: [1], keepDims: false } },
  { title: 'all', inputs: { x: [3, 4, 5] }, attrs: { [name]: [0, 1, 2], keepDims: true } },
  { title: 'apart', inputs: { x: [3, 4, 5] }, attrs: { [name]: [0, 2], keepDims: false } },
  { title: 'across an axis of 1', inputs: { x: [3, 1, 5] }, attrs: { [name]: [0, 2] } },
];

describe.each([
  ['Sum', 'axis'],
  ['Mean', 'axis'],
  ['Prod', 'axis'],
  ['Min', 'axis'],
  ['Max', 'reductionIndices'],
])('%s is that of the CPU backend to 1e-5', (name, axis) => {
  test.each(reductions(axis))('$title', (example) => compareWithCpu(name, example, 1e-5));
});

test('Sum over nothing is 0', async () => {
  const example = { title: '', inputs: { x: [0, 3] }, attrs: { axis: [0], keepDims: false } };
  await compareWithCpu('Sum', example, 0);
});

describe.each(['Softmax', 'LogSoftmax'])('%s of rows sums to 1', (name) => {
  test.each([[[5, 7]], [[2, 3, 130]], [[1, 1]], [[4]]])('%j', (shape) => {
    tf.tidy(() => {
      const logits = tf.tensor(
        Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => 40 * Math.cos(i)),
        shape,
      );
      const [got, want] = [tf.engine().runKernel(name, { logits }, { dim: -1 }), softmax64(logits)];
      if (Array.isArray(got)) throw new Error('one output was expected.');
      got.dataSync().forEach((value, i) => {
        const expected = want[i] ?? 0;
        const exact = name === 'Softmax' ? expected : Math.log(expected);
        expect(Math.abs(value - exact)).toBeLessThan(1e-5 * (1 + Math.abs(exact)));
      });
    });
  });
});

function softmax64(logits: tf.Tensor): number[] {
  const width = logits.shape.at(-1) ?? 1;
  const x = Array.from(logits.dataSync());
  return x.map((value, i) => {
    const row = x.slice(Math.floor(i / width) * width, Math.floor(i / width) * width + width);
    return 1 / row.reduce((sum, other) => sum + Math.exp(other - value), 0);
  });
}

const x234 = { x: [2, 3, 4] };
const cases: readonly (readonly [string, Case])[] = [
  ['Slice', { title: 'a block', inputs: x234, attrs: { begin: [0, 1, 1], size: [2, 2, 2] } }],
  ['Slice', { title: 'to the end', inputs: x234, attrs: { begin: [1, 0, 2], size: [-1, -1, -1] } }],
  ['Slice', { title: 'nothing', inputs: x234, attrs: { begin: [1, 0, 2], size: [0, 3, 2] } }],
  ['SplitV', { title: 'in 2', inputs: x234, attrs: { numOrSizeSplits: 2, axis: 2 } }],
  ['SplitV', { title: 'by sizes', inputs: x234, attrs: { numOrSizeSplits: [1, -1], axis: 1 } }],
  ['Unpack', { title: 'first axis', inputs: { value: [3, 2, 5] }, attrs: { axis: 0 } }],
  ['Unpack', { title: 'last axis', inputs: { value: [3, 2, 5] }, attrs: { axis: 2 } }],
  ['Transpose', { title: 'a matrix', inputs: { x: [17, 9] }, attrs: { perm: [1, 0] } }],
  ['Transpose', { title: 'heads', inputs: { x: [2, 5, 3, 4] }, attrs: { perm: [0, 2, 1, 3] } }],
  ['Transpose', { title: 'nothing', inputs: { x: [2, 1, 3] }, attrs: { perm: [1, 0, 2] } }],
  [
    'Transpose',
    {
      title: 'of 7 axes that all move, more than the kernel takes at once',
      inputs: { x: [2, 3, 2, 3, 2, 3, 2] },
      attrs: { perm: [6, 5, 4, 3, 2, 1, 0] },
    },
  ],
  [
    'GatherV2',
    {
      title: 'rows',
      inputs: { x: [6, 5], indices: integers([2, 4], ids(8, 6)) },
      attrs: { axis: 0, batchDims: 0 },
    },
  ],
  [
    'GatherV2',
    {
      title: 'columns of integers',
      inputs: { x: integers([2, 4], ids(8, 8)), indices: integers([3], [3, 0, 3]) },
      attrs: { axis: 1, batchDims: 0 },
    },
  ],
  [
    'GatherV2',
    {
      title: 'in a batch',
      inputs: { x: [2, 4, 3], indices: integers([2, 2], [3, 0, 1, 1]) },
      attrs: { axis: 1, batchDims: 1 },
    },
  ],
  [
    'UnsortedSegmentSum',
    {
      title: 'repeated, missing, negative and too high ids',
      inputs: { x: [9, 5], segmentIds: integers([9], [2, 0, 2, -1, 4, 2, 7, 0, 4]) },
      attrs: { numSegments: 5 },
    },
  ],
  [
    'UnsortedSegmentSum',
    {
      title: 'a vector',
      inputs: { x: [300], segmentIds: integers([300], ids(300, 11)) },
      attrs: { numSegments: 11 },
    },
  ],
];

describe('slices, gathers and transposes are those of the CPU backend', () => {
  test.each(cases)('%s: $title', (name, example) => compareWithCpu(name, example, 1e-5));

  test('UnsortedSegmentSum adds integers as integers', () => {
    tf.tidy(() => {
      const x = tf.tensor2d([1, 2, 2 ** 24, 4, 1, -7], [3, 2], 'int32');
      const sums = tf.unsortedSegmentSum(x, tf.tensor1d([1, 0, 1], 'int32'), 3);
      expect(sums.dtype).toBe('int32');
      expect(Array.from(sums.dataSync())).toEqual([2 ** 24, 4, 2, -5, 0, 0]);
    });
  });

  test('GatherV2 names an index that is outside', () => {
    const indices = tf.tensor1d([0, 6], 'int32');
    const x = tf.zeros([6, 2]);
    expect(() => tf.gather(x, indices)).toThrow('the index value 6 is not in [0, 5]');
    tf.dispose([x, indices]);
  });
});
