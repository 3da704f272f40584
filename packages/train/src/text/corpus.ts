// SPDX-License-Identifier: Apache-2.0
import { ValueError } from '@tapeloop/core';
import { reasonOf } from './reason.ts';

/** A text to learn from. */
export interface Corpus {
  /** What to call it: a file's path, a title. */
  readonly name: string;
  readonly text: string;
  /** Text to see how well it was learnt; where there is none, the end of `text` is kept for that. */
  readonly heldOut?: string;
}

/** A text cannot be learnt from, or not be read; the message is one line. */
export class CorpusError extends ValueError {
  override name = 'CorpusError';
}

/** Bytes that come piece by piece: a `ReadableStream`, such as the body of a `fetch`, or any other. */
export type ByteStream = AsyncIterable<Uint8Array> | Pick<ReadableStream<Uint8Array>, 'getReader'>;

/**
 * A text that is at hand: a byte order mark is dropped, and Windows line ends become `\n`.
 *
 * @throws CorpusError when it is empty.
 */
export function corpusFromText(text: string, { name = 'text' } = {}): Corpus {
  const plain = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  if (plain.length > 0) return { name, text: plain };
  throw new CorpusError(`corpus: ${name} is empty. Give a text to learn from.`);
}

/**
 * Bytes in UTF-8, read as `corpusFromText` does.
 *
 * @throws CorpusError when they are not UTF-8, or there are none.
 */
export function corpusFromBytes(bytes: Uint8Array, { name = 'bytes' } = {}): Corpus {
  const decoder = new CorpusDecoder(name);
  return corpusFromText(decoder.decode(bytes) + decoder.end(), { name });
}

/**
 * A stream of bytes in UTF-8, read to its end as `corpusFromText` does. The stream is cancelled when
 * it turns out not to be UTF-8.
 *
 * @throws CorpusError when it is not UTF-8, or is empty; what the stream throws.
 *
 * @example
 * const { body } = await fetch('book.txt');
 * if (body !== null) const corpus = await corpusFromStream(body, { name: 'book.txt' });
 */
export async function corpusFromStream(
  stream: ByteStream,
  { name = 'stream' } = {},
): Promise<Corpus> {
  const decoder = new CorpusDecoder(name);
  const parts: string[] = [];
  for await (const chunk of chunksOf(stream)) parts.push(decoder.decode(chunk));
  parts.push(decoder.end());
  return corpusFromText(parts.join(''), { name });
}

/** UTF-8 to text, chunk by chunk, with errors that name the corpus. */
class CorpusDecoder {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  decode(chunk: Uint8Array): string {
    return this.#orError(() => this.#decoder.decode(chunk, { stream: true }));
  }

  /** Finds out whether a character was cut. */
  end(): string {
    return this.#orError(() => this.#decoder.decode());
  }

  #orError(decode: () => string): string {
    try {
      return decode();
    } catch (error) {
      throw new CorpusError(
        `corpus: ${this.#name} must be UTF-8 text, got other bytes (${reasonOf(error)}). Convert it first.`,
      );
    }
  }
}

async function* chunksOf(stream: ByteStream): AsyncGenerator<Uint8Array> {
  if (Symbol.asyncIterator in stream) {
    yield* stream;
    return;
  }
  // Not every browser can iterate over a stream.
  const reader = stream.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } finally {
    await reader.cancel();
  }
}
