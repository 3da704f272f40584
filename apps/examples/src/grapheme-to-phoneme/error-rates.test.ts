// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { editDistance, errorRates } from './error-rates.ts';

describe('editDistance', () => {
  it.each([
    ['kitten', 'sitting', 3],
    ['saturday', 'sunday', 3],
    ['', 'abc', 3],
    ['abc', '', 3],
    ['abc', 'abc', 0],
    ['ab', 'ba', 2],
    ['abcd', 'bcde', 2],
  ])('from %j to %j is %i', (from, to, distance) => {
    expect(editDistance([...from], [...to])).toBe(distance);
    expect(editDistance([...to], [...from])).toBe(distance);
  });

  it('compares whole symbols', () => {
    expect(editDistance(['AH', 'B'], ['AA', 'B'])).toBe(1);
  });
});

describe('errorRates', () => {
  it('counts mistakes a phoneme and words without one', () => {
    const attempts = [
      { said: ['R', 'EH', 'D'], pronunciations: [['R', 'EH', 'D']] },
      { said: ['L', 'OW', 'T'], pronunciations: [['L', 'OW']] },
    ];
    expect(errorRates(attempts)).toEqual({ phonemeErrorRate: 1 / 5, wordAccuracy: 1 / 2 });
  });

  it('takes the nearest of several pronunciations', () => {
    const pronunciations = [
      ['R', 'IY', 'D', 'Z'],
      ['R', 'EH', 'D'],
    ];
    expect(errorRates([{ said: ['R', 'EH'], pronunciations }])).toEqual({
      phonemeErrorRate: 1 / 3,
      wordAccuracy: 0,
    });
  });
});
