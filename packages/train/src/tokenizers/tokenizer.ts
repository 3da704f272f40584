// SPDX-License-Identifier: Apache-2.0

/** Turns text into ids from 0 to `size - 1`, one a token, and back. */
export interface Tokenizer {
  /** Number of ids: the rows of an embedding, the columns of a model's scores. */
  readonly size: number;

  /** The id of what has none of its own; `undefined` where everything has one. */
  readonly unknownId: number | undefined;

  /** The ids of a text. */
  encode(text: string): Int32Array<ArrayBuffer>;

  /** The text of ids; U+FFFD stands for a number that is no id. */
  decode(ids: Iterable<number>): string;

  /** Decodes ids that come one by one, as a model writes them. */
  decodeStream(): DecodeStream;

  /** All that the tokenizer is, as an object for JSON; `tokenizerFromJson` makes it anew. */
  toJSON(): object;
}

/** Text of ids that come one by one: all `push`es and the `end`, joined, are what `decode` gives. */
export interface DecodeStream {
  /** The text that is certain with this id; empty while a character is incomplete. */
  push(id: number): string;

  /** What is left, a cut character as U+FFFD. The stream is as new after that. */
  end(): string;
}

/** What stands for a number that is no id, and for bytes that are no character. */
export const replacementCharacter = '\uFFFD';

/** `decode` in terms of `decodeStream`. */
export function decodeAll(stream: DecodeStream, ids: Iterable<number>): string {
  const parts: string[] = [];
  for (const id of ids) parts.push(stream.push(id));
  parts.push(stream.end());
  return parts.join('');
}
