// SPDX-License-Identifier: Apache-2.0
import type { Corpus } from '@tapeloop/train';

/** Fewer characters do not fill a training step and leave enough to validate on. */
const fewestCharacters = 2000;

/** What a page can hold several times over: as text, as numbers, and in each copy of the run. */
const largestFile = 8 * 2 ** 20;

/** The text that comes with the page. */
export const sampleName = 'Moby-Dick';

/** A mistake that the person at the page can put right; its message is shown as it is. */
export class PageError extends Error {
  override name = 'PageError';
}

/** Fetches the text that comes with the page. @throws PageError when the server has lost it. */
export async function fetchSample(): Promise<Corpus> {
  const response = await fetch('moby-dick.txt').catch(() => undefined);
  if (response?.ok !== true) {
    throw new PageError(`${sampleName} could not be fetched. Choose a text of your own.`);
  }
  return { name: sampleName, text: await response.text() };
}

/**
 * Reads a text file.
 *
 * @throws PageError when it is too large, cannot be read, or is not a text as `decodeText` wants it.
 */
export async function readTextFile(file: File): Promise<Corpus> {
  if (file.size > largestFile) {
    throw new PageError(
      `${file.name} has ${megabytes(file.size)}; this page takes up to ${megabytes(largestFile)}.`,
    );
  }
  return decodeText(file.name, await readBytes(file));
}

/** The bytes of a file. @throws PageError when it cannot be read, a folder for example. */
export async function readBytes(file: File): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    throw new PageError(`${file.name} could not be read.`);
  }
}

/**
 * Text of UTF-8 bytes; a byte order mark is dropped and Windows line ends become `\n`.
 *
 * @throws PageError when they are not UTF-8, or too little to learn from.
 */
export function decodeText(name: string, bytes: Uint8Array): Corpus {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes).replaceAll('\r\n', '\n');
  } catch {
    throw new PageError(`${name} is not plain text in UTF-8. Convert it, or choose another file.`);
  }
  return checkText({ name, text });
}

/** @throws PageError when a text is too short to learn from. */
export function checkText(corpus: Corpus): Corpus {
  const { name, text } = corpus;
  if (text.length === 0) throw new PageError(`${name} is empty. Choose a text to learn from.`);
  if (text.length < fewestCharacters) {
    throw new PageError(
      `${name} has ${count(text.length, 'character')}; at least ${count(fewestCharacters)} are ` +
        'needed to learn from.',
    );
  }
  return corpus;
}

/** `1,213,006`, or `1 character`, `2,000 characters` with a noun. */
export function count(n: number, noun?: string): string {
  const digits = Math.round(n).toLocaleString('en-US');
  return noun === undefined ? digits : `${digits} ${noun}${n === 1 ? '' : 's'}`;
}

function megabytes(bytes: number): string {
  return `${count(bytes / 2 ** 20)} MB`;
}
