// SPDX-License-Identifier: Apache-2.0
import { ValueError } from '@tapeloop/core';
import { BpeEncoder } from './bpe-encoder.ts';
import { type BpeModel, trainBpe } from './bpe-model.ts';
import { byteCharacters, bytesOfToken } from './byte-alphabet.ts';
import { type HuggingFaceTokenizer, toHuggingFace } from './hugging-face.ts';
import { modelFromHuggingFace } from './hugging-face-reader.ts';
import { failFor } from './json-fields.ts';
import { preTokenize } from './pre-tokenize.ts';
import { isSpecialToken, SpecialTokens } from './special-tokens.ts';
import { type DecodeStream, replacementCharacter, type Tokenizer } from './tokenizer.ts';

/** Options of `BpeTokenizer.train`. */
export interface BpeTokenizerOptions {
  /**
   * Number of ids to reach: 256 for the bytes, one for each special token, the rest merges. The text
   * may have fewer to give.
   */
  readonly vocabularySize: number;
  /** Pairs that occur less often than this are not merged. Default 2. */
  readonly minFrequency?: number;
  /** Tokens like `<|endoftext|>`, with ids from 0: each is one id wherever its text occurs. */
  readonly specialTokens?: readonly string[];
  /** Is told how many of `vocabularySize` tokens there are, after each new one. */
  readonly onProgress?: (size: number, vocabularySize: number) => void;
}

/** Words whose tokens are remembered, at most. */
const CACHED_WORDS = 65_536;

/**
 * Byte-level byte pair encoding, as GPT-2 has it: text is cut into words, numbers, signs and white
 * space (`preTokenize`), each of these into its UTF-8 bytes, and neighbours are merged into longer
 * tokens as was learnt. Every string can be encoded, and decoding gives it back; only a lone
 * surrogate, which UTF-8 cannot write, becomes U+FFFD.
 *
 * In JSON it is Hugging Face's `tokenizer.json`: their libraries read it and give the same ids.
 * `tokenizers` (Rust, Python) does so for all text; `@huggingface/tokenizers` (JavaScript) takes
 * U+FEFF for white space and U+0085 for none, which changes ids near these two.
 *
 * @see Radford et al., 2019, "Language Models are Unsupervised Multitask Learners", section 2.2;
 *   Sennrich, Haddow and Birch, 2016, "Neural Machine Translation of Rare Words with Subword Units".
 *
 * @example
 * const tokenizer = BpeTokenizer.train(text, { vocabularySize: 4096 });
 * const ids = tokenizer.encode('Call me Ishmael.');
 * await writeFile('tokenizer.json', JSON.stringify(tokenizer));
 */
export class BpeTokenizer implements Tokenizer {
  readonly unknownId = undefined;
  readonly #model: BpeModel;
  readonly #encoder: BpeEncoder;
  readonly #specialTokens: SpecialTokens;
  readonly #idOfByte: readonly number[];
  /** UTF-8 by id. */
  readonly #bytes: readonly Uint8Array[];
  readonly #cache = new Map<string, readonly number[]>();

  /** Of a model that was trained or found right: `train` and `fromJSON` make one. */
  constructor(model: BpeModel) {
    const { tokens, merges, specialIds } = model;
    const ids = new Map(tokens.map((token, id) => [token, id]));
    const idOf = (token: string) => ids.get(token) ?? -1;
    const special = new Map(specialIds.map((id) => [tokens[id] ?? '', id]));
    this.#model = model;
    this.#specialTokens = new SpecialTokens(special);
    this.#idOfByte = byteCharacters.map(idOf);
    this.#encoder = new BpeEncoder(
      merges.map((merge) => ({ merge, joined: idOf(merge.map((id) => tokens[id]).join('')) })),
      tokens.length,
    );
    this.#bytes = tokens.map((token) =>
      special.has(token) ? utf8(token) : (bytesOfToken(token) ?? utf8(token)),
    );
  }

  /**
   * Learns merges from a text: the most frequent pair first, until there are `vocabularySize` tokens
   * or no pair is as frequent as `minFrequency`. The merges are those of `BpeTrainer` in Hugging
   * Face's `tokenizers`, except that none makes the text of a special token.
   *
   * @throws ValueError for a vocabulary smaller than 256 and the special tokens, or special tokens
   *   that are empty, repeated, half of a surrogate pair or the character of a byte.
   */
  static train(text: string, options: BpeTokenizerOptions): BpeTokenizer {
    const { vocabularySize, minFrequency = 2, specialTokens = [], onProgress } = options;
    checkSpecialTokens(specialTokens);
    const least = 256 + specialTokens.length;
    if (!(Number.isSafeInteger(vocabularySize) && vocabularySize >= least)) {
      throw new ValueError(
        `BpeTokenizer.train: vocabularySize must be a whole number of at least ${least} (256 bytes and ${specialTokens.length} special tokens), got ${vocabularySize}.`,
      );
    }
    const onToken = onProgress && ((size: number) => onProgress(size, vocabularySize));
    return new BpeTokenizer(
      trainBpe(text, { vocabularySize, minFrequency, specialTokens, onToken }),
    );
  }

  /**
   * Reads Hugging Face's `tokenizer.json`, as an object, if it says what this class does: a BPE model
   * with byte-level pre-tokenizer and decoder, no normalizer, and added tokens that are special.
   *
   * @param source where it comes from, for errors.
   * @throws TokenizerError naming the source and the field that is wrong or not supported.
   */
  static fromJSON(json: unknown, { source = 'JSON' } = {}): BpeTokenizer {
    return new BpeTokenizer(modelFromHuggingFace(json, failFor('BpeTokenizer.fromJSON', source)));
  }

  get size(): number {
    return this.#model.tokens.length;
  }

  /** The id of a special token; `undefined` if there is none with this text. */
  specialId(token: string): number | undefined {
    return this.#model.specialIds.find((id) => this.#model.tokens[id] === token);
  }

  encode(text: string): Int32Array<ArrayBuffer> {
    const ids: number[] = [];
    for (const part of this.#specialTokens.split(text)) {
      if (typeof part === 'number') {
        ids.push(part);
        continue;
      }
      for (const word of preTokenize(part)) {
        for (const id of this.#encodeWord(word)) ids.push(id);
      }
    }
    return Int32Array.from(ids);
  }

  decode(ids: Iterable<number>): string {
    const parts = Array.from(ids, (id) => this.#bytesOf(id));
    const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return newDecoder().decode(all);
  }

  decodeStream(): DecodeStream {
    const decoder = newDecoder();
    return {
      push: (id) => decoder.decode(this.#bytesOf(id), { stream: true }),
      end: () => decoder.decode(),
    };
  }

  /** Hugging Face's `tokenizer.json`. */
  toJSON(): HuggingFaceTokenizer {
    return toHuggingFace(this.#model);
  }

  #encodeWord(word: string): readonly number[] {
    const known = this.#cache.get(word);
    if (known !== undefined) return known;
    const ids = this.#encoder.encode(Array.from(utf8(word), (byte) => this.#idOfByte[byte] ?? -1));
    if (this.#cache.size < CACHED_WORDS) this.#cache.set(word, ids);
    return ids;
  }

  #bytesOf(id: number): Uint8Array {
    return this.#bytes[id] ?? utf8(replacementCharacter);
  }
}

function checkSpecialTokens(tokens: readonly string[]): void {
  const wrong = tokens.find(
    (token, i) =>
      !isSpecialToken(token) || byteCharacters.includes(token) || tokens.indexOf(token) < i,
  );
  if (wrong === undefined) return;
  throw new ValueError(
    `BpeTokenizer.train: specialTokens must be different texts in Unicode, none empty or the character of a byte, got ${JSON.stringify(wrong)}.`,
  );
}

function newDecoder(): TextDecoder {
  // Otherwise it would swallow a U+FEFF at the start.
  return new TextDecoder('utf-8', { ignoreBOM: true });
}

const encoder = new TextEncoder();

function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}
