// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, Tensor, ValueError } from '@tapeloop/core';

/**
 * The share of elements that is dropped, in [0, 1]: a number or a scalar tensor, read once, or a
 * function, read at every call.
 */
export type Rate = number | Tensor | (() => number);

/** A rate that has been checked. */
export interface CheckedRate {
  /** The value when it cannot change. */
  readonly constant: number | undefined;
  /** The value now. @throws ValueError when a function gives one outside [0, 1]. */
  read(): number;
}

/**
 * Checks a rate.
 *
 * @throws TypeError when it is none of a number, a tensor and a function; ValueError when it is NaN,
 *   outside [0, 1], or a tensor that is no scalar.
 */
export function checkRate(op: string, rate: Rate): CheckedRate {
  if (typeof rate === 'function') {
    return { constant: undefined, read: () => checkRange(op, 'the value of rate', rate()) };
  }
  const constant = checkRange(op, 'rate', rate instanceof Tensor ? scalarOf(op, rate) : rate);
  return { constant, read: () => constant };
}

/** A rate for a config. @throws ValueError when it is a function. */
export function savedRate(op: string, { constant }: CheckedRate): number {
  if (constant !== undefined) return constant;
  throw new ValueError(`${op}: getConfig: a config cannot hold a rate function.`);
}

/** A rate now, in training. @throws ValueError when it is 1. */
export function trainingRate(op: string, rate: CheckedRate): number {
  const received = rate.read();
  if (received < 1) return received;
  const expected = 'less than 1 in training';
  const hint = 'Nothing would be left to scale up.';
  throw new ValueError(argumentMessage({ op, argument: 'rate', expected, received, hint }));
}

function scalarOf(op: string, rate: Tensor): number {
  if (rate.size === 1) return rate.item();
  const expected = 'one number';
  throw new ValueError(argumentMessage({ op, argument: 'rate', expected, received: rate.shape }));
}

function checkRange(op: string, argument: string, rate: unknown): number {
  const problem = { op, argument, expected: 'a number in [0, 1]', received: rate };
  if (typeof rate !== 'number') throw new TypeError(argumentMessage(problem));
  if (rate >= 0 && rate <= 1) return rate;
  const hint = 'It is the share that is dropped.';
  throw new ValueError(argumentMessage({ ...problem, hint }));
}
