// SPDX-License-Identifier: Apache-2.0

/** Stands before the first symbol of what is said. */
export const startId = 1;

/** Stands behind the last symbol of what is said. */
export const endId = 2;

/** Ids below are for padding (0), the start and the end. */
const firstId = 3;

/** A numbering of letters or phonemes, from 3 on in the order in which they are given. */
export class Symbols {
  readonly all: readonly string[];
  readonly #ids: ReadonlyMap<string, number>;

  constructor(symbols: Iterable<string>) {
    this.all = [...new Set(symbols)];
    this.#ids = new Map(this.all.map((symbol, i) => [symbol, i + firstId]));
  }

  /** Number of ids, those of padding, start and end included. */
  get size(): number {
    return this.all.length + firstId;
  }

  has(symbol: string): boolean {
    return this.#ids.has(symbol);
  }

  /** @throws RangeError when one is none of the symbols. */
  encode(symbols: Iterable<string>): number[] {
    return Array.from(symbols, (symbol) => {
      const id = this.#ids.get(symbol);
      if (id !== undefined) return id;
      const expected = `one of ${this.all.join(' ')}`;
      throw new RangeError(`Symbols: symbol must be ${expected}, got '${symbol}'.`);
    });
  }

  /** The symbols of ids; padding, start and end have none. */
  decode(ids: readonly number[]): string[] {
    return ids.flatMap((id) => this.all[id - firstId] ?? []);
  }
}
