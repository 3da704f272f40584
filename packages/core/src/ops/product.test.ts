// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { grad, init, prod, tensor, zeros } from '../index.ts';
import { closeTo, trackLeaks } from '../testing/index.ts';
import { expectReduction } from './reduction-testing.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

test('prod is within 1e-5 relative of float64 over any axes, 0 below the range of float32', () => {
  const product = (values: number[]) => values.reduce((a, b) => a * b, 1);
  expectReduction(prod, product, { relative: 1e-5, absolute: 1e-38 });
});

test('of no elements it is 1', () => {
  expect(prod(zeros([2, 0]), { axis: 1 }).toArray()).toEqual([1, 1]);
  expect(prod(zeros([0])).item()).toBe(1);
});

test('the gradient is the product of the others: with no, one and two zeros', () => {
  closeTo(grad((x) => prod(x))(tensor([2, 3, 4])), [12, 8, 6]);
  closeTo(grad((x) => prod(x))(tensor([2, 0, 4])), [0, 8, 0]);
  closeTo(grad((x) => prod(x))(tensor([0, 0, 4])), [0, 0, 0]);
  closeTo(
    grad((x) => prod(x))(
      tensor([
        [2, 3],
        [0, 5],
      ]),
    ),
    [0, 0, 30, 0],
  );
  closeTo(grad((x) => prod(x))(tensor([7])), [1]);
});

test('the gradient of 1 to 20 elements is right for every number of them', () => {
  for (let n = 1; n <= 20; n++) {
    const values = Array.from({ length: n }, (_, i) => 1 + 0.3 * Math.sin(i));
    const others = values.map((_, i) => values.toSpliced(i, 1).reduce((a, b) => a * b, 1));
    closeTo(grad((x) => prod(x))(tensor(values)), others);
  }
});
