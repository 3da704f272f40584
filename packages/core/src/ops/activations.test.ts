// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  gelu,
  grad,
  init,
  relu,
  sigmoid,
  silu,
  softplus,
  sum,
  type Tensor,
  tanh,
  tensor,
} from '../index.ts';
import { closeTo, trackLeaks } from '../testing/index.ts';
import { expectUnary } from './elementwise-testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const { NaN: nan, POSITIVE_INFINITY: inf, NEGATIVE_INFINITY: minusInf } = Number;
const tolerance = { relative: 5e-7, absolute: 0 };
const geluTanh = (x: Tensor) => gelu(x, { approximate: true });
const logistic = (x: number) => 1 / (1 + Math.exp(-x));

test('tanh has relative error below 5e-7 and ends at ±1', () => {
  const points = [0, 1e-6, 9, -9, 100, inf, minusInf, nan];
  expectUnary(tanh, Math.tanh, { scale: 3, tolerance, points });
});

test('sigmoid has relative error below 5e-7 and ends at 0 and 1', () => {
  expectUnary(sigmoid, logistic, { scale: 9, tolerance, points: [0, -80, 80, inf, minusInf, nan] });
});

test('relu is exact', () => {
  const reference = (x: number) => Math.max(x, 0);
  const exact = { relative: 0, absolute: 0 };
  expectUnary(relu, reference, { tolerance: exact, points: [0, inf, minusInf, nan] });
});

test('softplus has relative error below 5e-7 and does not overflow', () => {
  const reference = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  const points = [0, -80, 80, 1e30, inf, minusInf, nan];
  expectUnary(softplus, reference, { scale: 9, tolerance, points });
});

test('silu has relative error below 5e-7', () => {
  const reference = (x: number) => x * logistic(x);
  expectUnary(silu, reference, { scale: 9, tolerance, points: [0, -80, 80, inf, nan] });
  closeTo(silu(tensor([minusInf])), [0]);
});

test('gelu has the values of x·Φ(x): absolute error below 5e-7', () => {
  // x·Φ(x) with Φ(x) to 10 digits: Abramowitz and Stegun 1964, table 26.1.
  const x = tensor([0, 1, -1, 2, 3, -3, 0.5]);
  const values = [
    ...[0, 0.841344746069, -0.158655253931, 2 * 0.977249868052],
    ...[3 * 0.998650101968, -3 * 0.001349898032, 0.5 * 0.691462461274],
  ];
  closeTo(gelu(x), values, { relative: 0, absolute: 5e-7 });
  closeTo(gelu(tensor([inf, minusInf, nan])), [inf, 0, nan]);
});

test('gelu with approximate is the form with tanh: relative error below 5e-7', () => {
  const reference = (x: number) =>
    (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
  expectUnary(geluTanh, reference, { scale: 2, tolerance, points: [0, 10, inf, nan] });
  closeTo(geluTanh(tensor([minusInf])), [0]);
  expect(gelu(tensor([1])).item()).not.toBe(geluTanh(tensor([1])).item());
});

test('the gradient of relu at 0 is 0', () => {
  expect(grad((y) => sum(relu(y)))(tensor([0, -1, 2])).toArray()).toEqual([0, 0, 1]);
});

test('gradients far from 0 and at ±Infinity are 0 or 1, never NaN', () => {
  const far = tensor([minusInf, -1e4, 1e4, inf]);
  for (const fn of [sigmoid, tanh]) closeTo(grad((x) => sum(fn(x)))(far), [0, 0, 0, 0]);
  for (const fn of [relu, softplus, silu, gelu, geluTanh]) {
    closeTo(grad((x) => sum(fn(x)))(far), [0, 0, 1, 1]);
  }
});
