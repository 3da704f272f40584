// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { init, logicalAnd, logicalNot, logicalOr, tensor, zeros } from '../index.ts';
import { trackLeaks } from '../testing/index.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

const [no, yes] = [false, true];

test('truth tables', () => {
  const [a, b] = [tensor([no, no, yes, yes]), tensor([no, yes, no, yes])];
  expect(logicalAnd(a, b).toArray()).toEqual([no, no, no, yes]);
  expect(logicalOr(a, b).toArray()).toEqual([no, yes, yes, yes]);
  expect(logicalNot(a).toArray()).toEqual([yes, yes, no, no]);
});

test('broadcasting, scalars and no elements', () => {
  const column = tensor([[no], [yes]]);
  const row = tensor([no, yes, yes]);
  expect(logicalAnd(column, row).toArray()).toEqual([
    [no, no, no],
    [no, yes, yes],
  ]);
  expect(logicalOr(row, column).toArray()).toEqual([
    [no, yes, yes],
    [yes, yes, yes],
  ]);
  expect(logicalOr(row, tensor(yes)).toArray()).toEqual([yes, yes, yes]);
  expect(logicalNot(tensor(yes)).toArray()).toBe(no);
  expect(logicalAnd(zeros([0, 3], 'bool'), row).shape).toEqual([0, 3]);
});
