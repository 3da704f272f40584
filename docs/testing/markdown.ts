// SPDX-License-Identifier: Apache-2.0
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The repository's folder. */
export const root: string = join(import.meta.dirname, '../..');

/** A fenced block of TypeScript in a page. */
export interface CodeBlock {
  /** The file that it is a part of; blocks of a page share `page.ts` unless they say `ts file=…`. */
  readonly file: string;
  /** The line of its first line of code in the page, from 1. */
  readonly line: number;
  readonly code: readonly string[];
  /** The source file that it quotes, from the comment `<!-- excerpt of … -->` above the fence. */
  readonly excerptOf: string | undefined;
}

/** A page of the documentation. */
export interface Page {
  /** From the repository's folder, such as `docs/guide/saving.md`. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly CodeBlock[];
}

/** README.md, those of the packages and all pages below `docs`, by path. */
export function documentedPages(): Page[] {
  return markdownFiles(['README.md', 'packages/*/README.md', 'docs/**/*.md']).map((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    return { path, text, blocks: codeBlocks(text) };
  });
}

/** Markdown files of the repository that match, without those of other packages. */
export function markdownFiles(patterns: readonly string[]): string[] {
  return globSync(patterns, { cwd: root, exclude: (name) => /^(node_modules|dist)$/.test(name) })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !/(^|\/)(node_modules|dist|runs|reports|\.venv)\//.test(path))
    .sort();
}

/** The blocks that are fenced as `ts`. */
export function codeBlocks(text: string): CodeBlock[] {
  const lines = text.split('\n');
  const blocks: CodeBlock[] = [];
  for (let at = 0; at < lines.length; at++) {
    const fence = /^```(\w*)(.*)$/.exec(lines[at] ?? '');
    if (fence === null) continue;
    const end = lines.indexOf('```', at + 1);
    if (end < 0) throw new Error(`line ${at + 1}: the code block must end with a line of \`\`\`.`);
    const [, language = '', options = ''] = fence;
    if (/^(ts|typescript|tsx)$/.test(language)) {
      blocks.push({
        file: /\bfile=(\S+)/.exec(options)?.[1] ?? 'page.ts',
        line: at + 2,
        code: lines.slice(at + 1, end),
        excerptOf: /^<!-- excerpt of (\S+) -->$/.exec(lines[at - 1] ?? '')?.[1],
      });
    }
    at = end;
  }
  return blocks;
}

/**
 * What each `console.log` should print, by the line of the call: the comment at the end of its
 * statement, or the lines of comment directly below it. `…` stands for any characters.
 */
export function expectedOutputs(block: CodeBlock): Map<number, string> {
  const expected = new Map<number, string>();
  block.code.forEach((start, at) => {
    if (!start.includes('console.log(')) return;
    const end = block.code.findIndex((line, i) => i >= at && /\);( \/\/ .*)?$/.test(line));
    const comment = / \/\/ (.*)$/.exec(block.code[end] ?? '')?.[1];
    const below = block.code.slice(end + 1);
    const length = below.findIndex((line) => !/^\s*\/\/ /.test(line));
    const rest = below.slice(0, length < 0 ? undefined : length);
    const lines = [
      ...(comment === undefined ? [] : [comment]),
      ...rest.map((line) => line.replace(/^\s*\/\/ /, '')),
    ];
    if (lines.length > 0) expected.set(block.line + at, lines.join('\n'));
  });
  return expected;
}

/** True when `received` is `expected`, in which `…` stands for any characters. */
export function matchesOutput(expected: string, received: string): boolean {
  const parts = expected.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(received);
}
