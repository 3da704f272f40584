// SPDX-License-Identifier: Apache-2.0
import type { DecodeStream, Tokenizer } from '@tapeloop/train';

/** What a vocabulary knows. */
export interface VocabularyOptions {
  /** Words that occur less often than this become unknown. */
  readonly minCount: number;
  /** Number of ids at most; the rarest words become unknown. Default: no bound. */
  readonly maxSize?: number;
}

/** A word, with apostrophes, hyphens and the like inside it; or any one other mark. */
const wordOrMark = /[\p{L}\p{N}]+(?:['’.,-][\p{L}\p{N}]+)*|[^\s\p{L}\p{N}]/gu;

const noSpaceBefore = /^[.,;:!?)\]’”%]$/;
const noSpaceAfter = /^[([“$]$/;

const unknownWord = '<unk>';

/**
 * Words in lower case and marks of punctuation are tokens, for speeches, where lines mean nothing:
 *
 * ```
 * "It's 1,000 men (or so)."   →   " it's 1,000 men ( or so ) . "
 * ```
 *
 * Spaces and line ends only separate them. Known words have ids from 1 on in order of code point; id 0
 * is for everything else.
 */
export class WordsAndMarks implements Tokenizer {
  /** The known words: `words[i]` has id `i + 1`. */
  readonly words: readonly string[];
  readonly unknownId = 0;
  readonly #ids: ReadonlyMap<string, number>;

  constructor(words: readonly string[]) {
    this.words = words;
    this.#ids = new Map(words.map((word, i) => [word, i + 1]));
  }

  /** The most frequent words of a text; of equals, the first ones in order of code point. */
  static train(
    text: string,
    { minCount, maxSize = Number.POSITIVE_INFINITY }: VocabularyOptions,
  ): WordsAndMarks {
    const counts = new Map<string, number>();
    for (const word of splitWords(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
    const known = [...counts]
      .filter(([, count]) => count >= minCount)
      .sort(([a, countOfA], [b, countOfB]) => countOfB - countOfA || byCodePoint(a, b))
      .slice(0, maxSize - 1)
      .map(([word]) => word);
    return new WordsAndMarks(known.sort(byCodePoint));
  }

  /** Number of ids, the unknown one included. */
  get size(): number {
    return this.words.length + 1;
  }

  encode(text: string): Int32Array<ArrayBuffer> {
    return Int32Array.from(splitWords(text), (word) => this.#ids.get(word) ?? this.unknownId);
  }

  decode(ids: Iterable<number>): string {
    const { push } = this.decodeStream();
    return Array.from(ids, push).join('');
  }

  decodeStream(): DecodeStream {
    let before: string | undefined;
    return {
      push: (id) => {
        const word = this.words[id - 1] ?? unknownWord;
        const space = before === undefined || isClose(before, word) ? '' : ' ';
        before = word;
        return space + word;
      },
      end: () => {
        before = undefined;
        return '';
      },
    };
  }

  toJSON(): object {
    return { type: 'WordsAndMarks', words: this.words };
  }
}

function splitWords(text: string): readonly string[] {
  return text.toLowerCase().match(wordOrMark) ?? [];
}

/** Whether a reader expects no space between two words. */
function isClose(before: string, after: string): boolean {
  return noSpaceBefore.test(after) || noSpaceAfter.test(before);
}

/** Words that begin alike are in order of UTF-16 units. */
function byCodePoint(a: string, b: string): number {
  return (a.codePointAt(0) ?? 0) - (b.codePointAt(0) ?? 0) || (a < b ? -1 : 1);
}
