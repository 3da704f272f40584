// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, ShapeError, ValueError } from '@tapeloop/core';
import type { InputShape } from './module.ts';

/** @throws TypeError when `value` is not a whole number of at least 1. */
export function checkCount(op: string, argument: string, value: unknown): asserts value is number {
  if (Number.isSafeInteger(value) && Number(value) >= 1) return;
  const expected = 'a whole number of at least 1';
  throw new TypeError(argumentMessage({ op, argument, expected, received: value }));
}

/** Checks the ε that is added to variances. @throws ValueError when it is not finite or below 0. */
export function checkEpsilon(op: string, epsilon: number): void {
  if (Number.isFinite(epsilon) && epsilon >= 0) return;
  const expected = 'a finite number of at least 0';
  throw new ValueError(argumentMessage({ op, argument: 'epsilon', expected, received: epsilon }));
}

/** The size of the last dimension, `features`. @throws ShapeError when it is not known. */
export function featuresOf(op: string, inputShape: InputShape): number {
  const features = inputShape.at(-1);
  if (features !== undefined && features !== null && features > 0) return features;
  throw new ShapeError(
    argumentMessage({
      op,
      argument: 'inputs',
      expected: 'of shape [..., features] with features known and not 0',
      received: inputShape,
    }),
  );
}

/**
 * Checks the keys of an options object against those that exist, as code without types needs it.
 *
 * @throws TypeError naming the keys that do not exist.
 */
export function checkOptions(op: string, options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).filter((key) => !known.includes(key));
  if (unknown.length === 0) return;
  const expected = `made of ${known.join(', ')}`;
  throw new TypeError(argumentMessage({ op, argument: 'options', expected, received: unknown }));
}
