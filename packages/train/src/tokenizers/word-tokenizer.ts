// SPDX-License-Identifier: Apache-2.0
import { countEach } from './count.ts';
import { checkField, checkVersion, type Fail, failFor, fieldsOf, textsOf } from './json-fields.ts';
import { type DecodeStream, decodeAll, replacementCharacter, type Tokenizer } from './tokenizer.ts';
import { lineEnd, PieceJoiner, piecesOf, unknownWord } from './word-pieces.ts';

/** Options of `WordTokenizer.train`. */
export interface WordTokenizerOptions {
  /** Words that occur less often than this become unknown. Default 1. */
  readonly minCount?: number;
  /** Number of ids at most: the most frequent words stay. Default no limit. */
  readonly maxSize?: number;
  /** Whether `The` and `the` are one word, printed in lower case. Default false. */
  readonly lowercase?: boolean;
}

/** A `WordTokenizer` in JSON. */
export interface WordTokenizerJson {
  readonly type: 'WordTokenizer';
  readonly version: 1;
  readonly lowercase: boolean;
  readonly words: readonly string[];
}

/**
 * One id for each word, number or run of a punctuation sign, as in word-level language models of the
 * Penn Treebank: id 0 for unknown words, written `<unk>` there and here, id 1 for the end of a line,
 * then the words by falling frequency, equals in order of code unit.
 *
 * White space within lines is not kept: `decode` puts spaces where English has them.
 *
 * @see Mikolov et al., 2010, "Recurrent neural network based language model", for the setup.
 *
 * @example
 * const tokenizer = WordTokenizer.train(text, { maxSize: 10_000 });
 * tokenizer.decode(tokenizer.encode('"Well," said he.\n')); // '"Well," said he.\n'
 */
export class WordTokenizer implements Tokenizer {
  /** The known words: `words[i]` has id `i + 2`. */
  readonly words: readonly string[];
  readonly lowercase: boolean;
  readonly unknownId = 0;
  /** The id of a line's end. */
  readonly lineEndId = 1;
  readonly #ids: ReadonlyMap<string, number>;

  constructor(words: readonly string[], { lowercase = false } = {}) {
    this.words = words;
    this.lowercase = lowercase;
    this.#ids = new Map([unknownWord, lineEnd, ...words].map((word, id) => [word, id]));
  }

  /** The most frequent words of a text. */
  static train(text: string, options: WordTokenizerOptions = {}): WordTokenizer {
    const { minCount = 1, maxSize = Number.POSITIVE_INFINITY, lowercase = false } = options;
    const counts = countEach(piecesOf(lowercase ? text.toLowerCase() : text));
    counts.delete(unknownWord);
    counts.delete(lineEnd);
    const words = [...counts]
      .filter(([, count]) => count >= minCount)
      .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
      .slice(0, Math.max(0, maxSize - 2))
      .map(([word]) => word);
    return new WordTokenizer(words, { lowercase });
  }

  /**
   * What `toJSON` gave.
   *
   * @param source where it comes from, for errors.
   * @throws TokenizerError naming the source and the field that is wrong.
   */
  static fromJSON(json: unknown, { source = 'JSON' } = {}): WordTokenizer {
    const fail = failFor('WordTokenizer.fromJSON', source);
    const fields = fieldsOf(json, 'it', fail);
    checkVersion(fields, 'WordTokenizer', fail);
    checkField(fields, 'lowercase', { among: [true, false], fail });
    const words = textsOf(fields['words'], 'words', fail);
    checkWords(words, fail);
    return new WordTokenizer(words, { lowercase: fields['lowercase'] === true });
  }

  /** Number of ids, those of unknown words and line ends included. */
  get size(): number {
    return this.words.length + 2;
  }

  encode(text: string): Int32Array<ArrayBuffer> {
    const pieces = piecesOf(this.lowercase ? text.toLowerCase() : text);
    return Int32Array.from(pieces, (piece) => this.#ids.get(piece) ?? this.unknownId);
  }

  decode(ids: Iterable<number>): string {
    return decodeAll(this.decodeStream(), ids);
  }

  decodeStream(): DecodeStream {
    let joiner = new PieceJoiner();
    return {
      push: (id) => joiner.next(this.#pieceOf(id)),
      end: () => {
        joiner = new PieceJoiner();
        return '';
      },
    };
  }

  toJSON(): WordTokenizerJson {
    return { type: 'WordTokenizer', version: 1, lowercase: this.lowercase, words: this.words };
  }

  #pieceOf(id: number): string {
    if (id === this.unknownId) return unknownWord;
    if (id === this.lineEndId) return lineEnd;
    return this.words[id - 2] ?? replacementCharacter;
  }
}

/** Checks that `encode` can find each word. */
function checkWords(words: readonly string[], fail: Fail): void {
  const wrong = words.findIndex((word) => {
    const [piece] = piecesOf(word);
    return piece !== word || word === unknownWord || word === lineEnd;
  });
  if (wrong >= 0) throw fail(`words[${wrong}] is not one word, number or sign`);
}
