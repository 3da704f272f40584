// SPDX-License-Identifier: Apache-2.0
import { check, checkPositive, checkWhole } from '../options.ts';
import { checkRate, type Schedule } from './schedule.ts';

/** Options of `stepDecay`. */
export interface StepDecayOptions {
  /** The value at step 0. */
  readonly initial: number;
  /** Steps between two falls, at least 1. */
  readonly every: number;
  /** What the value is multiplied by at each. More than 0. Default 0.1. */
  readonly factor?: number;
}

/** Options of `multiStepDecay`. */
export interface MultiStepDecayOptions {
  /** The value at step 0. */
  readonly initial: number;
  /** The steps from which the value is multiplied by `factor` once more; rising. */
  readonly boundaries: readonly number[];
  /** More than 0. Default 0.1. */
  readonly factor?: number;
}

/**
 * Stairs of equal length: `initial · factor^⌊s / every⌋`.
 *
 * @throws ValueError when an option is out of range.
 * @see PyTorch's `StepLR`.
 */
export function stepDecay({ initial, every, factor = 0.1 }: StepDecayOptions): Schedule {
  checkRate('stepDecay', 'initial', initial);
  checkWhole('stepDecay', 'every', every, 1);
  checkPositive('stepDecay', 'factor', factor);
  return (step) => initial * factor ** Math.floor(step / every);
}

/**
 * Stairs at given steps: `initial · factor^(number of boundaries ≤ s)`.
 *
 * @throws ValueError when an option is out of range or the boundaries do not rise.
 * @see PyTorch's `MultiStepLR`; Optax's `piecewise_constant_schedule` falls one step later.
 */
export function multiStepDecay(options: MultiStepDecayOptions): Schedule {
  const { initial, boundaries, factor = 0.1 } = options;
  checkRate('multiStepDecay', 'initial', initial);
  checkBoundaries('multiStepDecay', boundaries);
  checkPositive('multiStepDecay', 'factor', factor);
  return (step) => initial * factor ** boundaries.filter((boundary) => boundary <= step).length;
}

/** @throws ValueError unless they are whole numbers of at least 1 that rise. */
export function checkBoundaries(op: string, boundaries: readonly number[]): void {
  const right = boundaries.every(
    (boundary, i) => Number.isSafeInteger(boundary) && boundary > (boundaries[i - 1] ?? 0),
  );
  check(op, 'boundaries', boundaries, right, 'whole numbers of at least 1 that rise');
}
