// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { GradientError, grad, init } from '../index.ts';
import { checkGrads, sines, trackLeaks } from '../testing/index.ts';
import { elementwiseCases } from './cases-elementwise-testing.ts';
import { sequenceCases } from './cases-sequence-testing.ts';
import { shapeCases } from './cases-shape-testing.ts';
import { cast } from './cast.ts';
import { opCases } from './op-cases-testing.ts';
import { sum } from './reduce.ts';
import { opTable } from './table.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

test('the tables share no op, and agree with the op table on what has a gradient', () => {
  const tables = [elementwiseCases, shapeCases, sequenceCases];
  const names = tables.flatMap((table) => Object.keys(table));
  expect(new Set(names).size).toBe(names.length);
  const without = Object.entries(opCases).filter(([, opCase]) => 'notDifferentiable' in opCase);
  const inTable = Object.values(opTable).filter((op) => op.notDifferentiable !== undefined);
  expect(without.map(([name]) => name).sort()).toEqual(inTable.map((op) => op.opName).sort());
});

test.each(['zero-size', 'reuse'])('every gradient is checked at: %s', (at) => {
  const lacking = Object.entries(opCases).filter(
    ([, opCase]) => 'checks' in opCase && !opCase.checks.some((check) => check.at.includes(at)),
  );
  expect(lacking.map(([name]) => name)).toEqual([]);
});

describe.each(Object.entries(opCases))('%s', (_, opCase) => {
  if ('notDifferentiable' in opCase) {
    test('has no gradient, and says so', () => {
      const loss = grad((x) => sum(cast(opCase.notDifferentiable(x), 'float32')));
      expect(() => loss(sines([6], { start: 1 }))).toThrow(GradientError);
    });
    return;
  }
  test.each(opCase.checks)('agrees with central differences at: $at', ({ fn, inputs }) => {
    checkGrads(fn, inputs(), { order: opCase.order });
  });
});
