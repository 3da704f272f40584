// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { endId, Symbols, startId } from './symbols.ts';

describe('Symbols', () => {
  const symbols = new Symbols(['AH', 'B', 'AH', 'TH']);

  it('numbers each symbol once, behind padding, start and end', () => {
    expect([symbols.size, symbols.all]).toEqual([6, ['AH', 'B', 'TH']]);
    expect(symbols.encode(['B', 'AH', 'TH'])).toEqual([4, 3, 5]);
    expect([0, startId, endId]).toEqual([0, 1, 2]);
  });

  it('turns ids back, leaving out those that are no symbol', () => {
    expect(symbols.decode([startId, 5, 3, 0, endId])).toEqual(['TH', 'AH']);
  });

  it('names a symbol that it does not have', () => {
    expect(symbols.has('EH')).toBe(false);
    expect(() => symbols.encode(['B', 'EH'])).toThrow("must be one of AH B TH, got 'EH'");
  });
});
