// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { isSampleStep, isSaveStep, isValidationStep } from './milestones.ts';

/** The steps up to 2100 at which something is done. */
function steps(isStep: (step: number) => boolean): number[] {
  return Array.from({ length: 2100 }, (_, i) => i + 1).filter(isStep);
}

it('samples come at 1, then at 10, 20, 50 and so on, then every 1000', () => {
  expect(steps(isSampleStep)).toEqual([1, 10, 20, 50, 100, 200, 500, 1000, 2000]);
});

it('validations come at 1, 2, 5 and so on, then every 50', () => {
  expect(steps(isValidationStep).slice(0, 10)).toEqual([1, 2, 5, 10, 20, 50, 100, 150, 200, 250]);
});

it('copies of the run are made every 100 steps', () => {
  expect(steps(isSaveStep)).toEqual(Array.from({ length: 21 }, (_, i) => (i + 1) * 100));
});
