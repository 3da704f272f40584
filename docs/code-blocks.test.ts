// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  codeBlocks,
  documentedPages,
  expectedOutputs,
  matchesOutput,
  root,
} from './testing/markdown.ts';
import { runnable, runPage, typeCheckPages, writePages } from './testing/run-page.ts';

const pages = documentedPages();
const running = pages.filter((page) => runnable(page).length > 0);
const excerpts = pages.flatMap(({ path, blocks }) =>
  blocks.flatMap(({ excerptOf, line, code }) =>
    excerptOf === undefined ? [] : [{ at: `${path}:${line}`, excerptOf, code: code.join('\n') }],
  ),
);

beforeAll(() => writePages(pages));

test('every README and every page of the guide have code that runs', () => {
  const paths = running.map(({ path }) => path);
  const expected = pages
    .map(({ path }) => path)
    .filter((path) => path.endsWith('README.md') || path.startsWith('docs/guide/'));
  expect(expected.filter((path) => !paths.includes(path))).toEqual([]);
});

test('all code blocks pass the strict type check', { timeout: 60_000 }, async () => {
  expect(await typeCheckPages()).toBe('');
});

describe.concurrent('the code of', () => {
  test.each(running)('$path runs and prints what it says', { timeout: 60_000 }, async (page) => {
    expect(await runPage(page)).toEqual([]);
  });
});

test.each(excerpts)('$at is in $excerptOf, but for the layout', ({ excerptOf, code }) => {
  const source = readFileSync(join(root, excerptOf), 'utf8');
  expect(withoutLayout(source).includes(withoutLayout(code)), code).toBe(true);
});

describe('the reading of pages', () => {
  const page = '# T\n\n```ts\nconsole.log(1);\n// 1\n// 2\n\nconsole.log(\n  3,\n); // 3…\n```\n';

  test('takes the comment at the end of a statement, or below it, as its output', () => {
    const [block] = codeBlocks(page);
    if (block === undefined) throw new Error('no block was found.');
    expect([...expectedOutputs(block)]).toEqual([
      [4, '1\n2'],
      [8, '3…'],
    ]);
  });

  test('lets … stand for any characters and nothing else differ', () => {
    expect(matchesOutput('loss 0.1…', 'loss 0.123')).toBe(true);
    expect(matchesOutput('loss 0.1…', 'loss 0.2')).toBe(false);
    expect(matchesOutput('1.5', '1x5')).toBe(false);
  });

  test('refuses a block without an end', () => {
    expect(() => codeBlocks('```ts\nlet x;')).toThrow('must end');
  });
});

/** The formatter adds semicolons and parentheses to AssemblyScript in pages; its sources have none. */
function withoutLayout(code: string): string {
  return code.replace(/[\s;()]|,(?=\s*(?:[)\]}]|$))/g, '');
}
