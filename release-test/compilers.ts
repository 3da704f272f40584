// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { root } from './repository-copy.ts';
import { run } from './run.ts';

/** Versions of TypeScript, and their compilers: the oldest that declarations are for and the repository's own. */
export const compilers: readonly [version: string, tsc: string][] = [
  ['5.9', join(import.meta.dirname, 'node_modules/typescript/bin/tsc')],
  ['7', join(root, 'node_modules/typescript/bin/tsc')],
];

/** The errors, sorted, of a strict check of files in `cwd` and of the declarations that they reach. */
export async function compilerErrors(
  tsc: string,
  cwd: string,
  args: readonly string[],
): Promise<string[]> {
  const options = ['--strict', '--skipLibCheck', 'false', '--noEmit', '--target', 'es2023'];
  const output = await run(process.execPath, [tsc, ...options, ...args], { cwd }).catch(String);
  return output
    .split('\n')
    .filter((line) => /error TS\d+/.test(line))
    .sort();
}
