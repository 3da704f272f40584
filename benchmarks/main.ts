// SPDX-License-Identifier: Apache-2.0
// Runs every benchmark, one after the other.
//
//   pnpm bench                   all of them
//   pnpm bench training-step     those whose path contains one of the words
//   pnpm bench --quick           few repetitions: to see that they work, not how fast

import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const folder = fileURLToPath(new URL('./', import.meta.url));
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false } },
});

const benchmarks = globSync('{*,*/*}.bench.ts', { cwd: folder })
  .sort()
  .filter((path) => positionals.length === 0 || positionals.some((word) => path.includes(word)));
if (benchmarks.length === 0) {
  console.error(`bench: no benchmark is named like ${positionals.join(' or ')}.`);
  process.exitCode = 2;
}
for (const path of benchmarks) {
  console.log(`== ${path}`);
  const args = [folder + path, ...(values.quick ? ['--quick'] : [])];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
