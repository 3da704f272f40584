// SPDX-License-Identifier: Apache-2.0
import { init, RandomStream } from '@tapeloop/core';
import { trackLeaks } from '@tapeloop/core/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chunks, shuffled } from './shuffled.ts';

beforeAll(async () => {
  await init();
});
trackLeaks({ beforeEach, afterEach });

describe('shuffled', () => {
  it('keeps every item, moves most, and moves on its stream', () => {
    const items = Array.from({ length: 500 }, (_, i) => i);
    const stream = new RandomStream(5);
    const [once, twice] = [shuffled(items, stream), shuffled(items, stream)];
    expect(once.toSorted((a, b) => a - b)).toEqual(items);
    expect(once.filter((item, i) => item === i).length).toBeLessThan(10);
    expect(twice).not.toEqual(once);
  });
});

describe('chunks', () => {
  it('cuts in order; the last may be shorter', () => {
    expect(chunks([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
    expect(chunks([], 2)).toEqual([]);
  });
});
