// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { markdownFiles, root } from './testing/markdown.ts';

test.each(markdownFiles(['**/*.md', '.changeset/*.md']))(
  'the links of %s lead somewhere',
  (path) => {
    const text = readFileSync(join(root, path), 'utf8');
    const broken = linksIn(text).filter((target) => !leadsSomewhere(path, target));
    expect(broken).toEqual([]);
  },
);

test.each(markdownFiles(['packages/*/README.md']))(
  '%s has no links into the repository, which npm does not show',
  (path) => {
    expect(linksIn(readFileSync(join(root, path), 'utf8'))).toEqual([]);
  },
);

test('the anchor of a heading is its words in small letters, joined by hyphens', () => {
  expect([...anchorsOf('## Living in another library’s `heap`\n### A, b\n## A, b\n')]).toEqual([
    'living-in-another-librarys-heap',
    'a-b',
    'a-b-1',
  ]);
});

/** Targets of links and images outside code, those to other sites left out. */
function linksIn(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(<?([^)\s>]+)>?[^)]*\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/i.test(target));
}

function leadsSomewhere(from: string, target: string): boolean {
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? from : normalize(join(dirname(from), decodeURIComponent(file)));
  if (!existsSync(join(root, path))) return false;
  if (anchor === undefined || !path.endsWith('.md')) return true;
  return anchorsOf(readFileSync(join(root, path), 'utf8')).has(anchor);
}

/** The anchors that GitHub gives the headings of a page. */
function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of text
    .replace(/^```[\s\S]*?^```$/gm, '')
    .matchAll(/^#{1,6} (.*)$/gm)) {
    const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const base = words
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-');
    let anchor = base;
    for (let i = 1; anchors.has(anchor); i++) anchor = `${base}-${i}`;
    anchors.add(anchor);
  }
  return anchors;
}
