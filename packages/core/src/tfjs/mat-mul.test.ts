// SPDX-License-Identifier: Apache-2.0
// Products of matrices: BatchMatMul, _FusedMatMul and Einsum.
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { accelerateTfjs } from './accelerate.ts';
import { type Case, compareWithCpu, integers } from './testing.ts';

beforeAll(async () => {
  tf.env().set('IS_TEST', true);
  await accelerateTfjs();
});

const transposes = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
] as const;

/** Every transposition of [m, k] · [k, n] behind the given batches. */
function products(
  batchA: readonly number[],
  batchB: readonly number[],
  [m, k, n]: readonly [number, number, number],
): Case[] {
  return transposes.map(([transposeA, transposeB]) => {
    const a = [...batchA, ...(transposeA ? [k, m] : [m, k])];
    const b = [...batchB, ...(transposeB ? [n, k] : [k, n])];
    const title = `[${a}]${transposeA ? 'ᵀ' : ''} · [${b}]${transposeB ? 'ᵀ' : ''}`;
    return { title, inputs: { a, b }, attrs: { transposeA, transposeB } };
  });
}

describe('BatchMatMul is that of the CPU backend to 1e-4 for sums of up to 300 terms', () => {
  test.each([
    ...products([], [], [17, 300, 9]),
    ...products([3], [3], [5, 7, 33]),
    ...products([4], [1], [5, 6, 7]),
    ...products([1], [4], [5, 6, 7]),
    ...products([2, 3], [2, 3], [4, 5, 6]),
    ...products([2], [2], [1, 8, 1]),
    ...products([2], [2], [3, 1, 4]),
    ...products([], [], [0, 3, 4]),
  ])('$title', (example) => compareWithCpu('BatchMatMul', example, 1e-4));

  test('nothing to sum gives zeros', () =>
    compareWithCpu(
      'BatchMatMul',
      { title: '', inputs: { a: [2, 0], b: [0, 3] }, attrs: noTransposes },
      0,
    ));

  test('batches [2, 1] and [3] broadcast to [2, 3], as tiled ones', () => {
    tf.tidy(() => {
      const a = filled([2, 1, 4, 5]);
      const b = filled([3, 5, 6]);
      const tiled = tf.matMul(tf.tile(a, [1, 3, 1, 1]), tf.tile(tf.expandDims(b), [2, 1, 1, 1]));
      const got = tf.matMul(a, b);
      expect(got.shape).toEqual([2, 3, 4, 6]);
      expect(Array.from(got.dataSync())).toEqual(Array.from(tiled.dataSync()));
    });
  });

  test('inner sizes that differ are an error that names them', () => {
    const [a, b] = [tf.zeros([2, 3]), tf.zeros([2, 3])];
    expect(() => tf.matMul(a, b)).toThrow(
      'matMul: the inner sizes of a and b must be equal, got 3 of [2,3]',
    );
    tf.dispose([a, b]);
  });
});

describe('BatchMatMul of integers is exact', () => {
  const values = (size: number) => Array.from({ length: size }, (_, i) => ((i * 37) % 101) - 50);
  test.each(
    transposes.map(([transposeA, transposeB]) => ({
      title: `transposes ${transposeA}, ${transposeB}`,
      inputs: {
        a: integers(transposeA ? [2, 4, 3] : [2, 3, 4], values(24)),
        b: integers(transposeB ? [1, 5, 4] : [1, 4, 5], values(20)),
      },
      attrs: { transposeA, transposeB },
    })),
  )('$title', (example) => compareWithCpu('BatchMatMul', example, 0));
});

const noTransposes = { transposeA: false, transposeB: false };
const activations = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'];
const biases = [[6], [1], [], [5, 6], [2, 5, 6], [5, 1]];

describe('_FusedMatMul is that of the CPU backend to 1e-5', () => {
  const cases = activations.flatMap((activation) =>
    transposes.map(([transposeA, transposeB], i) => ({
      title: `${activation}, transposes ${transposeA}, ${transposeB}`,
      inputs: {
        a: transposeA ? [2, 60, 5] : [2, 5, 60],
        b: transposeB ? [2, 6, 60] : [2, 60, 6],
        bias: biases[i] ?? [6],
        ...(activation === 'prelu' ? { preluActivationWeights: [6] } : {}),
      },
      attrs: { transposeA, transposeB, activation, leakyreluAlpha: 0.3 },
    })),
  );
  test.each(cases)('$title', (example) => compareWithCpu('_FusedMatMul', example, 1e-5));

  test.each(
    biases.map((bias) => ({
      title: `relu after a bias of [${bias}]`,
      inputs: { a: [2, 5, 4], b: [2, 4, 6], bias },
      attrs: { ...noTransposes, activation: 'relu' },
    })),
  )('$title', (example) => compareWithCpu('_FusedMatMul', example, 1e-5));
});

describe('Einsum is that of the CPU backend to 1e-5', () => {
  test.each([
    ['ij,jk->ik', [3, 4], [4, 5]],
    ['ij,kj->ki', [3, 4], [5, 4]],
    ['bij,bjk->bik', [2, 3, 4], [2, 4, 5]],
    ['bthd,bshd->bhts', [2, 3, 4, 5], [2, 6, 4, 5]],
    ['bhts,bshd->bthd', [2, 4, 3, 6], [2, 6, 4, 5]],
    ['i,j->ji', [3], [4]],
    ['ij,ij->ij', [3, 4], [3, 4]],
    ['bi,bi->b', [3, 4], [3, 4]],
    ['i,i->', [7], [7]],
    ['ijk,k->ji', [2, 3, 4], [4]],
    ['abc,cd->dab', [2, 3, 4], [4, 5]],
  ])('%s of %j and %j', (equation, a, b) =>
    compareWithCpu('Einsum', { title: '', inputs: [a, b], attrs: { equation } }, 1e-5),
  );

  test.each([
    ['ij->ji', [3, 4]],
    ['ijk->kj', [2, 3, 4]],
    ['ij->', [3, 4]],
    ['bij->bji', [2, 3, 4]],
  ])('%s of %j', (equation, x) =>
    compareWithCpu('Einsum', { title: '', inputs: [x], attrs: { equation } }, 1e-5),
  );

  test('an equation that moves nothing shares the elements and frees them once', () => {
    const before = tf.memory();
    const x = filled([2, 3]);
    const same = tf.einsum('ij->ij', x);
    const values = Array.from(x.dataSync());
    x.dispose();
    expect(Array.from(same.dataSync())).toEqual(values);
    same.dispose();
    expect(tf.memory()).toEqual(before);
  });

  // tfjs's CPU backend returns [1, 4] here.
  test('a dimension of one tensor only is summed: ij,k->i', () => {
    tf.tidy(() => {
      const [a, b] = [filled([2, 3]), filled([4])];
      const want = tf.mul(tf.sum(a, 1), tf.sum(b)).dataSync();
      const got = tf.einsum('ij,k->i', a, b);
      expect(got.shape).toEqual([2]);
      got.dataSync().forEach((value, i) => {
        expect(value).toBeCloseTo(want[i] ?? Number.NaN, 5);
      });
    });
  });

  test('integers are multiplied exactly', () => {
    const a = integers([2, 3], [1, -2, 3, 4, 5, -6]);
    const b = integers([3, 2], [7, 8, -9, 10, 11, 12]);
    const attrs = { equation: 'ij,jk->ki' };
    return compareWithCpu('Einsum', { title: '', inputs: [a, b], attrs }, 0);
  });
});

function filled(shape: number[]): tf.Tensor {
  const size = tf.util.sizeFromShape(shape);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => Math.cos(i)),
    shape,
  );
}
