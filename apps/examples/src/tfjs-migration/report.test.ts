// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { describeStandings, standings, standingsTable } from './report.ts';

const rows = standings([
  { name: 'tfjs', losses: [4, 2], milliseconds: [900, 300, 310] },
  { name: 'Tapeloop', losses: [4, 2.5], milliseconds: [20, 10, 31] },
]);

it('measures contestants by the first', () => {
  const [first, second] = rows;
  expect(first).toEqual({
    ...{ name: 'tfjs', milliseconds: 310, speed: 1 },
    ...{ firstLoss: 4, lastLoss: 2, difference: 0 },
  });
  expect(second).toEqual({
    ...{ name: 'Tapeloop', milliseconds: 20, speed: 15.5 },
    ...{ firstLoss: 4, lastLoss: 2.5, difference: 0.25 },
  });
  expect(standings([])).toEqual([]);
});

it('prints a line for each', () => {
  expect(standingsTable(rows).split('\n')).toEqual([
    '           ms a step       speed  first loss   last loss  difference',
    'tfjs           310.0       1.0 ×      4.0000      2.0000      0.0e+0',
    'Tapeloop        20.0      15.5 ×      4.0000      2.5000      2.5e-1',
  ]);
  expect(describeStandings([4, 15.5], 2.5e-5)).toBe('4.0 ×, 15.5 × as fast, losses equal to 3e-5');
});
