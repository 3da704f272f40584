// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, ValueError } from '@tapeloop/core';

/** A number that depends on the step, most often a learning rate. The first step is number 0. */
export type Schedule = (step: number) => number;

/** The same value at every step. @throws ValueError when it is negative or not finite. */
export function constant(value: number): Schedule {
  checkRate('constant', 'value', value);
  return () => value;
}

/** The value at a step of what may be a number or a schedule. @throws ValueError as `checkRate`. */
export function rateAt(op: string, rate: number | Schedule, step: number): number {
  if (typeof rate === 'number') return rate;
  const value = rate(step);
  checkRate(op, `learningRate(${step})`, value);
  return value;
}

/** @throws ValueError when a number is negative or not finite. Schedules are checked step by step. */
export function checkRate(op: string, argument: string, rate: number | Schedule): void {
  if (typeof rate === 'function' || (Number.isFinite(rate) && rate >= 0)) return;
  const expected = 'a finite number of at least 0';
  throw new ValueError(argumentMessage({ op, argument, expected, received: rate }));
}

/** `checkRate` of each entry. */
export function checkRates(op: string, rates: Readonly<Record<string, number>>): void {
  for (const [name, rate] of Object.entries(rates)) checkRate(op, name, rate);
}
