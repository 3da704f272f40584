// SPDX-License-Identifier: Apache-2.0
import { countEach } from './count.ts';
import { checkVersion, type Fail, failFor, fieldsOf, textsOf } from './json-fields.ts';
import { type DecodeStream, replacementCharacter, type Tokenizer } from './tokenizer.ts';

/** Options of `CharTokenizer.train`. */
export interface CharTokenizerOptions {
  /** Characters that occur less often than this become unknown. Default 10. */
  readonly minCount?: number;
}

/** A `CharTokenizer` in JSON. */
export interface CharTokenizerJson {
  readonly type: 'CharTokenizer';
  readonly version: 1;
  readonly characters: readonly string[];
}

/**
 * One id for each character (Unicode code point): ids from 1 on in order of code point, and id 0 for
 * everything else, which is decoded as U+FFFD.
 *
 * Rare characters share the unknown id because a model cannot learn from a handful of examples what
 * each of them does; it learns instead that something rare may come.
 *
 * @example
 * const tokenizer = CharTokenizer.train('bbaac', { minCount: 2 });
 * tokenizer.encode('abc'); // [1, 2, 0]
 */
export class CharTokenizer implements Tokenizer {
  /** The known characters: `characters[i]` has id `i + 1`. */
  readonly characters: readonly string[];
  readonly unknownId = 0;
  readonly #ids: ReadonlyMap<string, number>;

  constructor(characters: readonly string[]) {
    this.characters = characters;
    this.#ids = new Map(characters.map((character, i) => [character, i + 1]));
  }

  /** The characters of a text that occur often enough. */
  static train(text: string, { minCount = 10 }: CharTokenizerOptions = {}): CharTokenizer {
    const known = [...countEach(text)].filter(([, count]) => count >= minCount);
    const characters = known.map(([character]) => character);
    return new CharTokenizer(characters.sort((a, b) => codePoint(a) - codePoint(b)));
  }

  /**
   * What `toJSON` gave.
   *
   * @param source where it comes from, for errors.
   * @throws TokenizerError naming the source and the field that is wrong.
   */
  static fromJSON(json: unknown, { source = 'JSON' } = {}): CharTokenizer {
    const fail = failFor('CharTokenizer.fromJSON', source);
    const fields = fieldsOf(json, 'it', fail);
    checkVersion(fields, 'CharTokenizer', fail);
    const characters = textsOf(fields['characters'], 'characters', fail);
    checkSingle(characters, fail);
    return new CharTokenizer(characters);
  }

  /** Number of ids, the unknown one included. */
  get size(): number {
    return this.characters.length + 1;
  }

  encode(text: string): Int32Array<ArrayBuffer> {
    return Int32Array.from(text, (character) => this.#ids.get(character) ?? this.unknownId);
  }

  decode(ids: Iterable<number>): string {
    return Array.from(ids, (id) => this.#characterOf(id)).join('');
  }

  decodeStream(): DecodeStream {
    return { push: (id) => this.#characterOf(id), end: () => '' };
  }

  toJSON(): CharTokenizerJson {
    return { type: 'CharTokenizer', version: 1, characters: this.characters };
  }

  #characterOf(id: number): string {
    return this.characters[id - 1] ?? replacementCharacter;
  }
}

function checkSingle(characters: readonly string[], fail: Fail): void {
  const wrong = characters.findIndex((text) => text === '' || text.length > codeUnits(text));
  if (wrong >= 0) throw fail(`characters[${wrong}] is not one character`);
}

function codePoint(character: string): number {
  return character.codePointAt(0) ?? 0;
}

/** Code units of a text's first character: 2 outside the basic plane. */
function codeUnits(text: string): number {
  return codePoint(text) > 0xffff ? 2 : 1;
}
