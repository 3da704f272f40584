// SPDX-License-Identifier: Apache-2.0
import { OutOfMemoryError } from '@tapeloop/core';
import { NonFiniteError } from '@tapeloop/train';
import { expect, it } from 'vitest';
import { describeFailure, reasonOf } from './failure.ts';

it.each([
  [new OutOfMemoryError('storage: 4 GiB'), /^There is too little memory for this model\. Choose/],
  [new NonFiniteError('step 3: NaN'), /^Training came to a number that is not finite\. Choose/],
  [new Error('init: no SIMD\n  at …'), /^Training cannot go on: init: no SIMD\.$/],
  ['lost', /^Training cannot go on: lost\.$/],
])('describes %s in one line', (error, line) => {
  expect(describeFailure(error)).toMatch(line);
});

it('reasonOf ends with one full stop', () => {
  expect(reasonOf(new Error('It is cut.'))).toBe('It is cut.');
});
