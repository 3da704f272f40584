// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, type Parameter, ValueError } from '@tapeloop/core';

/** Chooses parameters, most often by `name`, their path, or `shape`. */
export type ParameterFilter = (parameter: Parameter) => boolean;

/** @throws ValueError unless a number is in [0, 1): a decay, a momentum. */
export function checkFraction(op: string, argument: string, value: number): void {
  check(op, argument, value, value >= 0 && value < 1, 'a number in [0, 1)');
}

/** @throws ValueError unless a number is finite and above 0. */
export function checkPositive(op: string, argument: string, value: number): void {
  check(op, argument, value, value > 0 && Number.isFinite(value), 'a finite number above 0');
}

/** @throws ValueError unless a number is finite and at least 0. */
export function checkNotNegative(op: string, argument: string, value: number): void {
  const right = value >= 0 && Number.isFinite(value);
  check(op, argument, value, right, 'a finite number of at least 0');
}

/** @throws ValueError unless a number is whole and at least `least`. */
export function checkWhole(op: string, argument: string, value: number, least: number): void {
  const right = Number.isSafeInteger(value) && value >= least;
  check(op, argument, value, right, `a whole number of at least ${least}`);
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
