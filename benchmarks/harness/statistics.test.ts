// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { summarize } from './statistics.ts';

describe('summarize', () => {
  it('takes the middle one of an odd number of measurements', () => {
    expect(summarize([9, 1, 5])).toEqual({ median: 5, min: 1, max: 9, count: 3 });
  });

  it('takes the mean of the two middle ones of an even number, sorted as numbers', () => {
    expect(summarize([100, 9, 1, 20])).toEqual({ median: 14.5, min: 1, max: 100, count: 4 });
  });

  it('refuses an empty list', () => {
    expect(() => summarize([])).toThrow('at least one measurement');
  });
});
