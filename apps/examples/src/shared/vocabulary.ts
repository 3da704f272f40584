// SPDX-License-Identifier: Apache-2.0
import { characters, type Tokenizer } from './tokenizer.ts';

/** The id of every token that the vocabulary does not have. */
export const unknownId = 0;

/** Options of `Vocabulary.of`. */
export interface VocabularyOptions {
  /** How text is cut into tokens. Default: characters. */
  readonly tokenizer?: Tokenizer;
  /** Tokens that occur less often than this become unknown. Default 10. */
  readonly minCount?: number;
  /** Number of ids at most; the rarest tokens become unknown. Default: no bound. */
  readonly maxSize?: number;
}

/**
 * A numbering of tokens: ids from 1 on in order of code point, and id 0 for everything else.
 *
 * Rare tokens share the unknown id because a model cannot learn from a handful of examples what each
 * of them does; it learns instead that something rare may come.
 */
export class Vocabulary {
  /** The known tokens: `tokens[i]` has id `i + 1`. */
  readonly tokens: readonly string[];
  readonly tokenizer: Tokenizer;
  readonly #ids: ReadonlyMap<string, number>;

  constructor(tokens: readonly string[], tokenizer: Tokenizer = characters) {
    this.tokens = tokens;
    this.tokenizer = tokenizer;
    this.#ids = new Map(tokens.map((token, i) => [token, i + 1]));
  }

  /** The vocabulary of a text. */
  static of(
    text: string,
    { tokenizer = characters, minCount = 10, maxSize }: VocabularyOptions = {},
  ): Vocabulary {
    const counts = new Map<string, number>();
    for (const token of tokenizer.split(text)) counts.set(token, (counts.get(token) ?? 0) + 1);
    const known = [...counts]
      .filter(([, count]) => count >= minCount)
      .sort(([a, countOfA], [b, countOfB]) => countOfB - countOfA || byCodePoint(a, b))
      .slice(0, maxSize === undefined ? undefined : maxSize - 1)
      .map(([token]) => token);
    return new Vocabulary(known.sort(byCodePoint), tokenizer);
  }

  /** Number of ids, the unknown one included. */
  get size(): number {
    return this.tokens.length + 1;
  }

  /** One id for each token. */
  encode(text: string): Int32Array<ArrayBuffer> {
    return Int32Array.from(
      this.tokenizer.split(text),
      (token) => this.#ids.get(token) ?? unknownId,
    );
  }

  decode(ids: Iterable<number>): string {
    const { join, unknown } = this.tokenizer;
    return join(Array.from(ids, (id) => this.tokens[id - 1] ?? unknown));
  }
}

/** Tokens that begin alike are in order of UTF-16 units. */
function byCodePoint(a: string, b: string): number {
  return (a.codePointAt(0) ?? 0) - (b.codePointAt(0) ?? 0) || (a < b ? -1 : 1);
}
