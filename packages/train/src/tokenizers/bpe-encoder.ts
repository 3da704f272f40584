// SPDX-License-Identifier: Apache-2.0
import type { Merge } from './learn-merges.ts';
import { PriorityQueue } from './priority-queue.ts';

/** A merge with the id of the token that it makes. */
export interface JoinedMerge {
  readonly merge: Merge;
  readonly joined: number;
}

/** Applies merges to a word: always the earliest of the list that fits, and that leftmost first. */
export class BpeEncoder {
  readonly #ranks: ReadonlyMap<number, number>;
  readonly #joined: readonly number[];
  /** Above any id: `left * limit + right` is exact. */
  readonly #limit: number;

  /** `size` is above every id. */
  constructor(merges: readonly JoinedMerge[], size: number) {
    this.#limit = size;
    this.#joined = merges.map(({ joined }) => joined);
    this.#ranks = new Map(merges.map(({ merge: [left, right] }, i) => [left * size + right, i]));
  }

  /**
   * The word's tokens, from the ids of its bytes. A queue of places where a merge fits makes it
   * `O(n log n)` for a word of n bytes.
   */
  encode(symbols: readonly number[]): number[] {
    const { length } = symbols;
    const word = new LinkedSymbols(symbols);
    // Rank and place in one number: smaller is earlier.
    const queue = new PriorityQueue<number>((a, b) => a < b);
    const offer = (place: number) => {
      const rank = this.#rankAt(word, place);
      if (rank !== undefined) queue.push(rank * length + place);
    };
    for (let place = 0; place < length; place++) offer(place);
    for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
      const place = key % length;
      const rank = (key - place) / length;
      const joined = this.#joined[rank];
      // Another merge may have taken a neighbour since.
      if (joined === undefined || this.#rankAt(word, place) !== rank) continue;
      word.join(place, joined);
      offer(word.before(place));
      offer(place);
    }
    return word.toArray();
  }

  #rankAt(word: LinkedSymbols, place: number): number | undefined {
    const left = word.at(place);
    const right = word.at(word.after(place));
    if (left === undefined || right === undefined) return undefined;
    return this.#ranks.get(left * this.#limit + right);
  }
}

/** Symbols in a row, in which two neighbours can become one without moving the rest. */
class LinkedSymbols {
  /** `undefined` where a symbol was joined to the one before it. */
  readonly #symbols: (number | undefined)[];
  readonly #after: number[];
  readonly #before: number[];

  constructor(symbols: readonly number[]) {
    this.#symbols = [...symbols];
    this.#after = symbols.map((_, i) => i + 1);
    this.#before = symbols.map((_, i) => i - 1);
  }

  at(place: number): number | undefined {
    return this.#symbols[place];
  }

  after(place: number): number {
    return this.#after[place] ?? this.#symbols.length;
  }

  before(place: number): number {
    return this.#before[place] ?? -1;
  }

  /** Replaces the symbol and the one after it. */
  join(place: number, joined: number): void {
    const taken = this.after(place);
    const next = this.after(taken);
    this.#symbols[place] = joined;
    this.#symbols[taken] = undefined;
    this.#after[place] = next;
    if (next < this.#symbols.length) this.#before[next] = place;
  }

  toArray(): number[] {
    return this.#symbols.filter((symbol) => symbol !== undefined);
  }
}
