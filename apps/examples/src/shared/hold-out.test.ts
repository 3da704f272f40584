// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { holdOut } from './hold-out.ts';

it('keeps the last of each three, in order, and none of an incomplete three', () => {
  expect(holdOut([...'abcdefgh'], 3)).toEqual({
    training: [...'abdegh'],
    heldOut: ['c', 'f'],
  });
});
