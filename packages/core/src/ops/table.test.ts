// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { opTable } from './table.ts';

test('every op is in the table under its own name', () => {
  for (const [name, op] of Object.entries(opTable)) expect(op.opName).toBe(name);
});

test('the ops without a derivative are those with a discrete value, and give a reason', () => {
  const without = Object.values(opTable).filter((op) => op.notDifferentiable !== undefined);
  expect(without.map((op) => op.opName)).toEqual([
    'equal',
    'notEqual',
    'greater',
    'greaterEqual',
    'less',
    'lessEqual',
    'logicalAnd',
    'logicalOr',
    'logicalNot',
    'argMax',
    'topK',
    'oneHot',
  ]);
  for (const op of without) expect(op.notDifferentiable).toMatch(/\w+ \w+/);
});
