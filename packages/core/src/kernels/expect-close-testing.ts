// SPDX-License-Identifier: Apache-2.0

import { expect } from 'vitest';

/** Fails at the first element whose error is above `bound · max(1, |want|)`; NaN is never close. */
export function expectClose(got: ArrayLike<number>, want: ArrayLike<number>, bound: number): void {
  expect(got.length).toBe(want.length);
  for (let i = 0; i < want.length; i++) {
    const [value, y] = [got[i] ?? Number.NaN, want[i] ?? Number.NaN];
    if (!(Math.abs(value - y) <= bound * Math.max(1, Math.abs(y)))) {
      expect.fail(`element ${i} is ${value}, must be ${y}`);
    }
  }
}
