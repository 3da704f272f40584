// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { type Corpus, CorpusError, corpusFromBytes } from './corpus.ts';
import { reasonOf } from './reason.ts';

/**
 * A UTF-8 file as a corpus; a byte order mark is dropped and Windows line ends become `\n`.
 *
 * @throws CorpusError when it cannot be read, is not UTF-8, or is empty.
 */
export function readCorpus(path: string): Corpus {
  return corpusFromBytes(readBytes(path), { name: path });
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new CorpusError(`corpus: cannot read ${path}: ${reasonOf(error)}.`);
  }
}
