// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { bitsPerCharacter, perplexity } from './loss-measure.ts';

it('tells the same loss as 2 bits, and as a guess among 4', () => {
  expect(bitsPerCharacter.describe(Math.log(4))).toBe('2.0000 bits');
  expect(perplexity.describe(Math.log(4))).toBe('perplexity 4.00');
});
