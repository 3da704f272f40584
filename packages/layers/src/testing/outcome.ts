// SPDX-License-Identifier: Apache-2.0
import { RuntimeError, ValueError } from '@tapeloop/core';

/** What a call gives: `ok`, or the kind of its error in Python's words. */
export type Outcome = 'ok' | 'TypeError' | 'ValueError' | 'RuntimeError';

/** What constructing gives, and then what calling gives. */
export interface Outcomes {
  readonly construct?: Outcome;
  readonly call?: Outcome;
}

/** Runs `fn` for its outcome. Errors of no such kind pass through. */
export function outcomeOf(fn: () => unknown): Outcome {
  try {
    fn();
    return 'ok';
  } catch (error) {
    if (error instanceof TypeError) return 'TypeError';
    if (error instanceof ValueError) return 'ValueError';
    if (error instanceof RuntimeError) return 'RuntimeError';
    throw error;
  }
}

/** The outcomes of making something and, where that goes well, of calling it. */
export function outcomesOf<T>(make: () => T, call: (made: T) => unknown): Outcomes {
  const construct = outcomeOf(make);
  return construct === 'ok' ? { construct, call: outcomeOf(() => call(make())) } : { construct };
}

/** The outcomes that a script kept, in our words: shapes that do not fit are values that do not. */
export function goldenOutcomes(kept: Readonly<Record<string, string>>): Outcomes {
  const words: Readonly<Record<string, string>> = {
    InvalidArgumentError: 'ValueError',
    OverflowError: 'ValueError',
    AttributeError: 'TypeError',
  };
  const translated = Object.entries(kept).map(([key, word]) => [key, words[word] ?? word]);
  return Object.fromEntries(translated);
}
