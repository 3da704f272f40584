// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { LearningCurve } from './learning-curve.ts';
import { curveTable, markdownTable, summaryTable } from './table.ts';

/** Validation falls to the second pass and rises by Δ = 0.1 after each other one. */
const plain: LearningCurve = [1, 2, 3, 4, 5].map((pass) => ({
  pass,
  training: 6 - pass,
  validation: 5 + Math.abs(pass - 2) / 10,
}));
const falling: LearningCurve = [1, 2, 3, 4, 5].map((pass) => ({
  pass,
  training: 5.5 - pass / 2,
  validation: 5.25 - pass / 10,
}));
const curves = new Map([
  ['none', plain],
  ['zaremba', falling],
]);

describe('curveTable', () => {
  it('has training and validation losses of the first, some, and the last pass', () => {
    expect(curveTable(curves, 3)).toBe(
      [
        '| pass | none          | zaremba       |',
        '| ---- | ------------- | ------------- |',
        '| 1    | 5.000 / 5.100 | 5.000 / 5.150 |',
        '| 3    | 3.000 / 5.100 | 4.000 / 4.950 |',
        '| 5    | 1.000 / 5.300 | 3.000 / 4.750 |',
      ].join('\n'),
    );
  });
});

describe('summaryTable', () => {
  it('has the best and the last validation, with perplexities', () => {
    const [, , none = '', zaremba = ''] = summaryTable(curves).split('\n');
    const cells = (row: string) => row.split('|').flatMap((cell) => cell.trim() || []);
    expect(cells(none)).toEqual(['none', '5.000', '2', '148.4', '1.000', '5.300', '200.3']);
    expect(cells(zaremba)).toEqual(['zaremba', '4.750', '5', '115.6', '3.000', '4.750', '115.6']);
  });
});

describe('markdownTable', () => {
  it('makes columns as wide as their widest cell, three at least', () => {
    expect(
      markdownTable([
        ['a', 'wide'],
        ['1', '2'],
      ]),
    ).toBe('| a   | wide |\n| --- | ---- |\n| 1   | 2    |');
  });
});
