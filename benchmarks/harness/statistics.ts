// SPDX-License-Identifier: Apache-2.0

/** The middle and the ends of repeated measurements. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly count: number;
}

/**
 * Summarizes measurements: the median, because a shared machine makes some of them slow.
 *
 * @throws RangeError when there are none.
 */
export function summarize(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const [min, max] = [sorted[0], sorted.at(-1)];
  const [low, high] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  if (min === undefined || max === undefined || low === undefined || high === undefined) {
    throw new RangeError('summarize: values must have at least one measurement, got none.');
  }
  return { median: (low + high) / 2, min, max, count: sorted.length };
}
