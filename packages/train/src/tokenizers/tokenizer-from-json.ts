// SPDX-License-Identifier: Apache-2.0
import { reasonOf } from '../text/reason.ts';
import { BpeTokenizer } from './bpe-tokenizer.ts';
import { CharTokenizer } from './char-tokenizer.ts';
import { failFor, fieldsOf } from './json-fields.ts';
import type { Tokenizer } from './tokenizer.ts';
import { WordTokenizer } from './word-tokenizer.ts';

/** Where a tokenizer comes from. */
export interface TokenizerSource {
  /** The file's name, for errors. Default `JSON`. */
  readonly source?: string;
}

/**
 * The tokenizer that `toJSON` described, of whatever kind; also Hugging Face's `tokenizer.json` of a
 * byte-level BPE.
 *
 * @throws TokenizerError naming the source and the field that is wrong.
 */
export function tokenizerFromJson(
  json: unknown,
  { source = 'JSON' }: TokenizerSource = {},
): Tokenizer {
  const fail = failFor('tokenizerFromJson', source);
  const { type, model } = fieldsOf(json, 'it', fail);
  if (type === 'CharTokenizer') return CharTokenizer.fromJSON(json, { source });
  if (type === 'WordTokenizer') return WordTokenizer.fromJSON(json, { source });
  if (model !== undefined) return BpeTokenizer.fromJSON(json, { source });
  throw fail(
    'it must have a type, "CharTokenizer" or "WordTokenizer", or a model, as tokenizer.json of Hugging Face',
  );
}

/**
 * Reads a tokenizer's JSON from the bytes of a file.
 *
 * @throws TokenizerError naming the source and what is wrong: not JSON in UTF-8, or a field.
 *
 * @example
 * const tokenizer = decodeTokenizer(await readFile(path), { source: path });
 */
export function decodeTokenizer(
  bytes: Uint8Array,
  { source = 'bytes' }: TokenizerSource = {},
): Tokenizer {
  return tokenizerFromJson(parseJson(bytes, source), { source });
}

function parseJson(bytes: Uint8Array, source: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    const reason = reasonOf(error);
    throw failFor('decodeTokenizer', source)(`it is not JSON in UTF-8 (${reason})`);
  }
}
