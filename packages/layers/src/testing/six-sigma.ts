// SPDX-License-Identifier: Apache-2.0
import { claim } from './contract.ts';

/** @throws Error unless |count − n·p| < 6·√(n·p·(1 − p)): a fair draw is outside once in half a billion. */
export function claimSixSigma(count: number, n: number, p: number): void {
  const bound = 6 * Math.sqrt(n * p * (1 - p));
  claim(Math.abs(count - n * p) < bound, `expected ${n * p} ± ${bound}, got ${count}`);
}

/** @throws Error unless two masks agree as often as independent ones of keep probability p do. */
export function claimIndependent(a: readonly number[], b: readonly number[], p: number): void {
  claim(a.length === b.length, `expected ${a.length} values, got ${b.length}`);
  const agree = a.filter((value, i) => (value === 0) === (b[i] === 0)).length;
  claimSixSigma(agree, a.length, p * p + (1 - p) * (1 - p));
}
