// SPDX-License-Identifier: Apache-2.0
import { Tensor } from '../tensor.ts';

/** Numbers to compare: a tensor, or any list. */
export type Values = Tensor | ArrayLike<number>;

/** How far apart two values may be: `|actual − expected| ≤ absolute + relative · |expected|`. */
export interface Tolerance {
  readonly relative?: number;
  readonly absolute?: number;
}

/**
 * Compares element by element; equal infinities and two NaNs agree.
 *
 * @throws Error naming the first element that differs by more than the tolerance (default 1e-5
 *   relative plus 1e-6 absolute), and how many do.
 */
export function closeTo(
  actual: Values,
  expected: Values,
  { relative = 1e-5, absolute = 1e-6 }: Tolerance = {},
): void {
  const got = actual instanceof Tensor ? actual.data() : actual;
  const want = expected instanceof Tensor ? expected.data() : expected;
  if (got.length !== want.length) {
    throw new Error(`closeTo: expected ${want.length} values, got ${got.length}.`);
  }
  const wrong: number[] = [];
  for (let i = 0; i < want.length; i++) {
    const [a, b] = [got[i] ?? 0, want[i] ?? 0];
    if (Object.is(a, b) || a === b) continue;
    if (!(Math.abs(a - b) <= absolute + relative * Math.abs(b))) wrong.push(i);
  }
  const [first] = wrong;
  if (first === undefined) return;
  throw new Error(
    `closeTo: element ${first} is ${got[first]}, expected ${want[first]}; ` +
      `${wrong.length} of ${want.length} elements differ.`,
  );
}
