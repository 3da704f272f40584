// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, Tensor, ValueError } from '@tapeloop/core';

/**
 * The probability that an element is kept, in [0, 1]: a number or a scalar tensor, read once, or a
 * function, read at every call.
 */
export type KeepProbability = number | Tensor | (() => number);

/** A keep probability that has been checked. It is used as the float32 next to it, as upstream. */
export interface CheckedProbability {
  /** The float32 when it cannot change. */
  readonly constant: number | undefined;
  /** What was given when it cannot change, for configs. */
  readonly given: number | undefined;
  /** The float32 now. @throws ValueError when a function gives one outside [0, 1]. */
  read(): number;
}

/**
 * Checks a keep probability.
 *
 * @throws ValueError when it is NaN, outside [0, 1], `null`, a list, or a tensor that is no scalar;
 *   TypeError when it is something else but a number, a tensor or a function.
 */
export function checkKeepProbability(
  op: string,
  argument: string,
  probability: KeepProbability,
): CheckedProbability {
  if (typeof probability === 'function') {
    return {
      constant: undefined,
      given: undefined,
      read: () => Math.fround(checkRange(op, `the value of ${argument}`, probability())),
    };
  }
  const given = checkRange(op, argument, scalarOf(op, argument, probability));
  const constant = Math.fround(given);
  return { constant, given, read: () => constant };
}

function scalarOf(op: string, argument: string, probability: number | Tensor): number {
  const isNone = probability === null || Array.isArray(probability);
  if (!(probability instanceof Tensor) && !isNone) return probability;
  if (probability instanceof Tensor && probability.size === 1) return probability.item();
  const expected = 'one number';
  const received = isNone ? probability : probability.shape;
  throw new ValueError(argumentMessage({ op, argument, expected, received }));
}

function checkRange(op: string, argument: string, value: unknown): number {
  if (typeof value !== 'number') {
    const expected = 'a number, a scalar tensor or a function of nothing that gives a number';
    throw new TypeError(argumentMessage({ op, argument, expected, received: value }));
  }
  if (value >= 0 && value <= 1) return value;
  const expected = 'in [0, 1]';
  const hint = 'It is the probability to keep an element, not to drop it.';
  throw new ValueError(argumentMessage({ op, argument, expected, received: value, hint }));
}
