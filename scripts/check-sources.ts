// SPDX-License-Identifier: Apache-2.0
// Checks what the linter cannot see, in TypeScript and AssemblyScript alike: every source file opens with the licence
// line (after `#!` in a program), stays short, and imports other packages by name only.
//
//   node scripts/check-sources.ts

import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { relativeImports, root } from './workspace.ts';

const licence = '// SPDX-License-Identifier: Apache-2.0';
const longest = 300;

const checked = [
  '*.config.ts',
  'scripts/**/*.ts',
  '{benchmarks,browser-test,docs,release-test}/**/*.ts',
  '{packages,apps}/*/{src,web,scripts,assembly}/**/*.ts',
];
const short = ['{packages,apps}/*/{src,web,assembly}/**/*.ts'];
const generated = /(^|\/)(node_modules|generated|dist|\.tsbuild)\//;

const problems = [
  ...sources(checked)
    .filter(({ text }) => !text.replace(/^#!.*\n/, '').startsWith(`${licence}\n`))
    .map(({ path }) => `${path} must start with "${licence}".`),
  ...sources(short)
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > longest)
    .map(
      ({ path, lines }) => `${path} must have at most ${longest} lines, got ${lines}. Split it.`,
    ),
  ...sources(checked).flatMap(({ path, text }) =>
    relativeImports(text)
      .filter((target) => packageOf(join(dirname(path), target)) !== packageOf(path))
      .map((target) => `${path} must import another package by its name, got '${target}'.`),
  ),
];

for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

/** `packages/core` of `packages/core/src/shape.ts`; the first folder for what is not in a package. */
function packageOf(path: string): string {
  const [top = '', name = ''] = normalize(path).replaceAll('\\', '/').split('/');
  return top === 'packages' || top === 'apps' ? `${top}/${name}` : top;
}

function sources(patterns: readonly string[]): { path: string; text: string }[] {
  return globSync(patterns, { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !generated.test(path))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}
