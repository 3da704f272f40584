// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, ValueError } from '@tapeloop/core';

/** @throws ValueError unless a number is whole and at least `least`. */
export function checkWhole(op: string, argument: string, value: number, least = 1): void {
  const right = Number.isSafeInteger(value) && value >= least;
  check(op, argument, value, right, `a whole number of at least ${least}`);
}

/** @throws ValueError unless `rank` is one of so many ranks. */
export function checkRank(op: string, rank: number, ranks: number): void {
  checkWhole(op, 'ranks', ranks);
  const right = Number.isSafeInteger(rank) && rank >= 0 && rank < ranks;
  check(op, 'rank', rank, right, `a whole number in [0, ${ranks})`);
}

/** @throws ValueError saying what was expected, unless `right`. */
export function check(
  op: string,
  argument: string,
  received: unknown,
  right: boolean,
  expected: string,
): void {
  if (right) return;
  throw new ValueError(argumentMessage({ op, argument, expected, received }));
}
