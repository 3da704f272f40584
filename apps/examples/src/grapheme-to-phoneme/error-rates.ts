// SPDX-License-Identifier: Apache-2.0
import type { Pronunciation } from './dictionary.ts';

/** How far pronunciations are from those of the dictionary. */
export interface ErrorRates {
  /** Wrong, missing and superfluous phonemes, as a share of those that should have been said. */
  readonly phonemeErrorRate: number;
  /** Share of the words that are said without a mistake. */
  readonly wordAccuracy: number;
}

/** What was said for a word, and every way in which it may be. */
export interface Attempt {
  readonly said: Pronunciation;
  readonly pronunciations: readonly Pronunciation[];
}

/**
 * Error rates over words. Of a word's pronunciations the nearest counts, the first of equals.
 *
 * @see Yao and Zweig 2015, section 3.
 */
export function errorRates(attempts: readonly Attempt[]): ErrorRates {
  const nearest = attempts.map(({ said, pronunciations }) => {
    const all = pronunciations.map((right) => ({
      mistakes: editDistance(said, right),
      length: right.length,
    }));
    return all.reduce((best, each) => (each.mistakes < best.mistakes ? each : best));
  });
  const total = (of: (each: { mistakes: number; length: number }) => number) =>
    nearest.reduce((sum, each) => sum + of(each), 0);
  return {
    phonemeErrorRate: total(({ mistakes }) => mistakes) / total(({ length }) => length),
    wordAccuracy: total(({ mistakes }) => Number(mistakes === 0)) / nearest.length,
  };
}

/**
 * The least number of insertions, deletions and replacements that make one list of the other.
 *
 * @see Levenshtein 1966, "Binary codes capable of correcting deletions, insertions, and reversals".
 */
export function editDistance(from: readonly string[], to: readonly string[]): number {
  // Row i: the distances of the first i symbols of `from` to each beginning of `to`.
  let row = Array.from({ length: to.length + 1 }, (_, j) => j);
  from.forEach((symbol, i) => {
    const next = [i + 1];
    to.forEach((other, j) => {
      const replaced = (row[j] ?? 0) + Number(symbol !== other);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    });
    row = next;
  });
  return row.at(-1) ?? 0;
}
