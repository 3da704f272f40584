// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { type CodeBlock, expectedOutputs, matchesOutput, type Page, root } from './markdown.ts';

const run = promisify(execFile);
/** Not committed. Below `docs`, so that the pages find the packages. */
const folder = join(root, 'docs/.tsbuild/pages');
/** A page that runs longer has something wrong. */
const TIMEOUT_MS = 30_000;

/** Writes the code of every page that has some to files of its own, on the lines of the page. */
export function writePages(pages: readonly Page[]): void {
  rmSync(folder, { recursive: true, force: true });
  for (const page of pages) {
    for (const [file, text] of filesOf(page)) {
      const path = join(folderOf(page), file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
  }
  const config = {
    extends: '../../../tsconfig.base.json',
    compilerOptions: {
      ...{ noEmit: true, composite: false, incremental: false, declarationMap: false },
      ...{ rewriteRelativeImportExtensions: false, allowImportingTsExtensions: true },
      ...{ rootDir: '../../..', tsBuildInfoFile: null, types: ['node'] },
    },
    include: ['**/*.ts'],
    exclude: [],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
}

/** Type-checks the files that `writePages` wrote. Returns what the compiler says. */
export async function typeCheckPages(): Promise<string> {
  const compiler = join(root, 'node_modules/.bin/tsc');
  return output(run(compiler, ['-p', folder, '--pretty', 'false'], { cwd: root }));
}

/** Runs a page's code. Returns what went wrong: an error, or lines with another output than stated. */
export async function runPage(page: Page): Promise<string[]> {
  const preload = join(root, 'docs/testing/preload.ts');
  const args = ['--no-warnings', '--import', preload, join(folderOf(page), 'page.ts')];
  const options = { cwd: folderOf(page), timeout: TIMEOUT_MS };
  let stdout = '';
  try {
    ({ stdout } = await run(process.execPath, args, options));
  } catch (error) {
    return [await output(Promise.reject(error))];
  }
  const printed = outputsByLine(stdout);
  return runnable(page).flatMap((block) =>
    [...expectedOutputs(block)].flatMap(([line, expected]) => {
      const received = printed.get(line) ?? 'nothing';
      if (matchesOutput(expected, received)) return [];
      return [`${page.path}:${line} must print\n${expected}\ngot\n${received}`];
    }),
  );
}

/** The blocks that are run: all but excerpts of sources. */
export function runnable({ blocks }: Page): CodeBlock[] {
  return blocks.filter(({ excerptOf }) => excerptOf === undefined);
}

function filesOf(page: Page): Map<string, string> {
  const files = new Map<string, string[]>();
  for (const { file, line, code } of runnable(page)) {
    const lines = files.get(file) ?? [];
    while (lines.length < line - 1) lines.push('');
    files.set(file, [...lines, ...code]);
  }
  return new Map([...files].map(([file, lines]) => [file, `${lines.join('\n')}\nexport {};\n`]));
}

function folderOf({ path }: Page): string {
  return join(
    folder,
    relative('docs', path)
      .replace(/^\.\.\//, 'root/')
      .replace(/\.md$/, ''),
  );
}

function outputsByLine(stdout: string): Map<number, string> {
  const printed = new Map<number, string>();
  for (const entry of stdout.split('\n').filter((each) => each.startsWith('{"line"'))) {
    const { line, text } = JSON.parse(entry) as { line: number; text: string };
    const before = printed.get(line);
    printed.set(line, before === undefined ? text : `${before}\n${text}`);
  }
  return printed;
}

/** What a command printed, whether it failed or not. */
async function output(command: Promise<{ stdout: string; stderr: string }>): Promise<string> {
  try {
    const { stdout, stderr } = await command;
    return stdout + stderr;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return stdout + stderr || String(error);
  }
}
