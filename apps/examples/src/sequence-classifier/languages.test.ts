// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { articlesOf, declarations } from './languages.ts';

describe('articlesOf', () => {
  it('takes the paragraphs of articles, without headings and preamble', () => {
    const html =
      '<h1>T</h1><p>before</p><article data-number="1"><h2>Artikel 1.</h2><p>one\n</p></article>' +
      '<article data-number="2"><ol><li><p>two</p></li><li><p>three</p></li></ol></article>';
    expect(articlesOf(html)).toEqual(['one', 'two three']);
  });
});

describe('declarations', () => {
  it('has 30 articles in each of 16 languages', () => {
    const all = declarations();
    expect(all.map(({ language }) => language).join(' ')).toBe(
      'Danish Norwegian Swedish Dutch German English Portuguese Galician Spanish Catalan French ' +
        'Italian Czech Slovak Finnish Estonian',
    );
    expect(all.map(({ articles }) => articles.length)).toEqual(Array<number>(16).fill(30));
    expect(all[5]?.articles[2]).toBe(
      'Everyone has the right to life, liberty and the security of person.',
    );
    const texts = all.flatMap(({ articles }) => articles);
    expect(texts.filter((text) => text.length < 30 || /[<>&]/.test(text))).toEqual([]);
  });
});
