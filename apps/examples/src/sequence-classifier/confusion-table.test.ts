// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { ConfusionTable } from './confusion-table.ts';

describe('ConfusionTable', () => {
  const table = new ConfusionTable(['Danish', 'Norwegian', 'Swedish']);
  for (const [right, guess] of [
    [0, 0],
    [0, 0],
    [0, 1],
    [1, 1],
    [2, 0],
  ] as const) {
    table.add(right, guess);
  }

  it('counts by the right label and the guess', () => {
    expect([table.count(0, 0), table.count(0, 1), table.count(1, 0), table.count(2, 0)]).toEqual([
      2, 1, 0, 1,
    ]);
  });

  it('is accurate where both agree: 3 of 5', () => {
    expect(table.accuracy).toBe(3 / 5);
    expect(new ConfusionTable(['a']).accuracy).toBeNaN();
  });

  it('prints a line for each label', () => {
    expect(String(table).split('\n')).toEqual([
      '          Dan Nor Swe',
      'Danish      2   1   ·',
      'Norwegian   ·   1   ·',
      'Swedish     1   ·   ·',
    ]);
  });
});
