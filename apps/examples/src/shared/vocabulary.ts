// SPDX-License-Identifier: Apache-2.0

/** The id of every character that the vocabulary does not have. */
export const unknownId = 0;

/** How unknown characters look in decoded text. */
const unknownCharacter = '\uFFFD';

/** Options of `Vocabulary.of`. */
export interface VocabularyOptions {
  /** Characters that occur less often than this become unknown. Default 10. */
  readonly minCount?: number;
}

/**
 * A numbering of characters (Unicode code points): ids from 1 on in order of code point, and id 0 for
 * everything else.
 *
 * Rare characters share the unknown id because a model cannot learn from a handful of examples what
 * each of them does; it learns instead that something rare may come.
 */
export class Vocabulary {
  /** The known characters: `characters[i]` has id `i + 1`. */
  readonly characters: readonly string[];
  readonly #ids: ReadonlyMap<string, number>;

  constructor(characters: readonly string[]) {
    this.characters = characters;
    this.#ids = new Map(characters.map((character, i) => [character, i + 1]));
  }

  /** The vocabulary of a text. */
  static of(text: string, { minCount = 10 }: VocabularyOptions = {}): Vocabulary {
    const counts = new Map<string, number>();
    for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
    const known = [...counts.keys()].filter(
      (character) => (counts.get(character) ?? 0) >= minCount,
    );
    return new Vocabulary(known.sort((a, b) => (a.codePointAt(0) ?? 0) - (b.codePointAt(0) ?? 0)));
  }

  /** Number of ids, the unknown one included. */
  get size(): number {
    return this.characters.length + 1;
  }

  /** One id for each character. */
  encode(text: string): Int32Array<ArrayBuffer> {
    return Int32Array.from(text, (character) => this.#ids.get(character) ?? unknownId);
  }

  decode(ids: Iterable<number>): string {
    return Array.from(ids, (id) => this.characters[id - 1] ?? unknownCharacter).join('');
  }
}
