// SPDX-License-Identifier: Apache-2.0
import { PriorityQueue } from './priority-queue.ts';

/** Two ids that a BPE makes one token of. */
export type Merge = readonly [left: number, right: number];

/** A word of the training text, as ids of what it is made of so far. */
export interface CountedWord {
  symbols: readonly number[];
  readonly count: number;
}

/** What `learnMerges` asks and tells. */
export interface MergeLearner {
  /** Pairs that occur less often than this are left alone. */
  readonly minFrequency: number;
  /** False when there are enough tokens. */
  readonly wantsMore: () => boolean;
  /** The id of a pair's token, a new one where need be; `undefined` if the two must not be joined. */
  readonly join: (merge: Merge) => number | undefined;
}

/**
 * Byte pair encoding: joins, again and again, the two neighbouring symbols that occur together most
 * often; among equals those with the smaller left id, then the smaller right id. The words end up as
 * the merges leave them.
 *
 * Counts are kept up to date from the words that change, and a queue holds each pair with a count
 * that it had, never too low: a pair that comes out with an old one goes back with its own.
 *
 * The order among equals is that of `BpeTrainer` in the library `tokenizers`.
 *
 * @see Sennrich, Haddow and Birch, 2016, "Neural Machine Translation of Rare Words with Subword Units",
 *   section 3.2.
 */
export function learnMerges(words: readonly CountedWord[], learner: MergeLearner): void {
  const pairs = new PairTable();
  for (const word of words) pairs.addWord(word);
  pairs.queueTouched();
  while (learner.wantsMore()) {
    const pair = pairs.takeMostFrequent();
    if (pair === undefined || pair.count < learner.minFrequency) return;
    const joined = learner.join([pair.left, pair.right]);
    if (joined === undefined) continue;
    pairs.join(pair, joined);
  }
}

/** Two symbols that are neighbours somewhere. */
interface Pair {
  readonly left: number;
  readonly right: number;
  /** Times they are neighbours in the text. */
  count: number;
  /** The words that have them, and some that had. */
  readonly words: Set<CountedWord>;
}

/** Above any id: `left * idLimit + right` is exact. */
const idLimit = 2 ** 26;

class PairTable {
  readonly #pairs = new Map<number, Pair>();
  readonly #touched = new Set<Pair>();
  readonly #queue = new PriorityQueue<{ readonly pair: Pair; readonly count: number }>(
    (a, b) => a.count > b.count || (a.count === b.count && isBefore(a.pair, b.pair)),
  );

  addWord(word: CountedWord): void {
    let left: number | undefined;
    for (const right of word.symbols) {
      if (left !== undefined) this.#count(left, right, word, word.count);
      left = right;
    }
  }

  /** Queues the pairs that have come up since the last time. */
  queueTouched(): void {
    for (const pair of this.#touched) {
      if (pair.count > 0) this.#queue.push({ pair, count: pair.count });
    }
    this.#touched.clear();
  }

  takeMostFrequent(): Pair | undefined {
    for (let entry = this.#queue.pop(); entry !== undefined; entry = this.#queue.pop()) {
      const { pair, count } = entry;
      if (count === pair.count) return pair;
      if (pair.count > 0) this.#queue.push({ pair, count: pair.count });
    }
    return undefined;
  }

  /** Makes one symbol of a pair wherever it occurs. */
  join(pair: Pair, joined: number): void {
    for (const word of pair.words) this.#joinIn(word, pair, joined);
    this.#pairs.delete(keyOf(pair.left, pair.right));
    this.queueTouched();
  }

  #joinIn(word: CountedWord, { left, right }: Pair, joined: number): void {
    const { symbols, count } = word;
    const result: number[] = [];
    for (let i = 0; i < symbols.length; i++) {
      const symbol = symbols[i] ?? left;
      if (symbol !== left || symbols[i + 1] !== right) {
        result.push(symbol);
        continue;
      }
      i++;
      const previous = result.at(-1);
      const next = symbols[i + 1];
      if (previous !== undefined) {
        this.#count(previous, left, word, -count);
        this.#count(previous, joined, word, count);
      }
      if (next !== undefined) {
        this.#count(right, next, word, -count);
        this.#count(joined, next, word, count);
      }
      result.push(joined);
    }
    word.symbols = result;
  }

  #count(left: number, right: number, word: CountedWord, change: number): void {
    const key = keyOf(left, right);
    let pair = this.#pairs.get(key);
    if (pair === undefined) {
      pair = { left, right, count: 0, words: new Set() };
      this.#pairs.set(key, pair);
    }
    pair.count += change;
    if (change < 0) return;
    pair.words.add(word);
    this.#touched.add(pair);
  }
}

function keyOf(left: number, right: number): number {
  return left * idLimit + right;
}

function isBefore(a: Pair, b: Pair): boolean {
  return a.left < b.left || (a.left === b.left && a.right < b.right);
}
