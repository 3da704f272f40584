// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, ValueError } from '@tapeloop/core';

/** Checks a rate in [0, 1). @throws TypeError when it is no number, ValueError outside the range. */
export function checkRateBelowOne(op: string, argument: string, rate: unknown): number {
  const problem = { op, argument, expected: 'a number in [0, 1)', received: rate };
  if (typeof rate !== 'number') throw new TypeError(argumentMessage(problem));
  if (!(rate >= 0 && rate < 1)) throw new ValueError(argumentMessage(problem));
  return rate;
}
