// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { findings, overfits } from './claim.ts';
import type { LearningCurve } from './learning-curve.ts';

/** A curve through losses `[training, validation]`. */
const curve = (...losses: readonly [number, number][]): LearningCurve =>
  losses.map(([training, validation], i) => ({ pass: i + 1, training, validation }));

const plain = curve([5, 5.5], [4, 5], [3, 5.2]);

describe('overfits', () => {
  it('means that validation rises while training falls', () => {
    expect(overfits(plain)).toBe(true);
    expect(overfits(curve([5, 5.5], [4, 5], [4.1, 5.2]))).toBe(false);
    expect(overfits(curve([5, 5.5], [4, 5], [3, 4.9]))).toBe(false);
  });

  it('does not take a wobble for a rise', () => {
    expect(overfits(curve([5, 5.5], [4, 5], [3, 5.02]))).toBe(false);
  });
});

describe('findings', () => {
  const shown = (regularized: LearningCurve) =>
    findings(plain, new Map([['it', regularized]])).map(({ isShown }) => isShown);

  it('are three where a model is ahead at its best and at the end', () => {
    expect(shown(curve([5, 5.6], [4.5, 5.1], [4, 4.9]))).toEqual([true, true, true]);
  });

  it('are fewer where it is ahead at the end alone, or nowhere', () => {
    expect(shown(curve([5, 5.6], [4.5, 5.1], [4, 4.98]))).toEqual([true, false, true]);
    expect(shown(curve([5, 5.6], [4.5, 5.3], [4, 5.2]))).toEqual([true, false, false]);
  });
});
