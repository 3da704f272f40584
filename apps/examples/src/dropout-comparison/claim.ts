// SPDX-License-Identifier: Apache-2.0
import { bestPoint, type LearningCurve, lastPoint } from './learning-curve.ts';

/** Losses that differ by less than this many nats count as equal. */
export const tolerance = 0.03;

/** A part of what the papers claim, and whether the curves show it. */
export interface Finding {
  readonly claim: string;
  readonly isShown: boolean;
}

/** A model learns its text by heart: validation gets worse while training gets better. */
export function overfits(curve: LearningCurve): boolean {
  const [best, last] = [bestPoint(curve), lastPoint(curve)];
  return last.validation - best.validation > tolerance && best.training - last.training > tolerance;
}

/**
 * What the curves show of the claim that dropout keeps a recurrent network from overfitting.
 *
 * @param plain the model without dropout.
 * @param regularized the others, by name.
 */
export function findings(
  plain: LearningCurve,
  regularized: ReadonlyMap<string, LearningCurve>,
): readonly Finding[] {
  const found: Finding[] = [
    { claim: 'The model without dropout overfits.', isShown: overfits(plain) },
  ];
  for (const [name, curve] of regularized) {
    const ahead = bestPoint(plain).validation - bestPoint(curve).validation;
    const aheadAtEnd = lastPoint(plain).validation - lastPoint(curve).validation;
    found.push(
      {
        claim: `At its best, ${name} is ahead of the best of the model without dropout.`,
        isShown: ahead > tolerance,
      },
      {
        claim: `At the end, ${name} is ahead of the model without dropout.`,
        isShown: aheadAtEnd > tolerance,
      },
    );
  }
  return found;
}
