// SPDX-License-Identifier: Apache-2.0
import { dispose, init } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { padIds } from './padded-ids.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

it('lays out the picture of its documentation', () => {
  const { ids, lengths, mask } = padIds([[4, 7, 2], [5]]);
  expect(ids.toArray()).toEqual([
    [4, 7, 2],
    [5, 0, 0],
  ]);
  expect([ids.dtype, mask.dtype]).toEqual(['int32', 'bool']);
  expect(lengths).toEqual([3, 1]);
  expect(mask.toArray()).toEqual([
    [true, true, true],
    [true, false, false],
  ]);
  dispose([ids, mask]);
});
