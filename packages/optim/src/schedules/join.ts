// SPDX-License-Identifier: Apache-2.0
import { check } from '../options.ts';
import type { Schedule } from './schedule.ts';
import { checkBoundaries } from './step-decay.ts';

/**
 * Schedules one after the other. Schedule i + 1 runs from `boundaries[i]` on, which is its own step 0.
 *
 * @param boundaries one less than schedules: whole numbers that rise.
 * @throws ValueError when they are not.
 * @see Optax's `join_schedules`, PyTorch's `SequentialLR`.
 *
 * @example
 * joinSchedules([constant(1e-3), polynomialDecay({ initial: 1e-3, steps: 500 })], [1000]);
 */
export function joinSchedules(
  schedules: readonly Schedule[],
  boundaries: readonly number[],
): Schedule {
  checkBoundaries('joinSchedules', boundaries);
  const right = schedules.length === boundaries.length + 1;
  check('joinSchedules', 'schedules', schedules.length, right, 'one more than boundaries');
  return (step) => {
    const index = boundaries.filter((boundary) => boundary <= step).length;
    const schedule = schedules[index];
    if (schedule === undefined) throw new RangeError('joinSchedules: no schedule.');
    return schedule(step - (boundaries[index - 1] ?? 0));
  };
}
