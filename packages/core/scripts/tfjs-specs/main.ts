// SPDX-License-Identifier: Apache-2.0
// Runs the specs that tfjs-core publishes, once with the WASM backend's own kernels and once with ours, and compares
// them spec by spec with what is kept in conformance/tfjs/specs.json. Prints the comparison as JSON; fails when a spec
// is lost or one that the file lists is not won.
//
//   node packages/core/scripts/tfjs-specs/main.ts            compare
//   node packages/core/scripts/tfjs-specs/main.ts --write    compare, and keep the result

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';
import { type Comparison, compare, type Outcome } from './outcome.ts';

/** What conformance/tfjs/specs.json holds. */
type Kept = Omit<Comparison, 'lost'> & { readonly tfjs: string; readonly madeBy: string };

// tfjs's helper sets the timeout of a second jasmine, by a path that jasmine-core no longer has.
const jasmineUtilStub = {
  name: 'jasmine-util-stub',
  resolveId: (id: string) => (id === 'jasmine-core/lib/jasmine-core/jasmine.js' ? '\0stub' : null),
  load: (id: string) => (id === '\0stub' ? 'module.exports = { core: () => ({}) };' : null),
};

const core = join(import.meta.dirname, '../..');
const folder = join(core, '.tsbuild/tfjs-specs');
const keptFile = join(core, '../../conformance/tfjs/specs.json');
const require = createRequire(import.meta.url);
const wasmMain = require.resolve('@tensorflow/tfjs-backend-wasm');

mkdirSync(folder, { recursive: true });
const bundle = join(folder, 'specs.cjs');
await bundleSpecs(bundle);
const comparison = compare(runSpecs('stock'), runSpecs('accelerated'));
if (process.argv.includes('--write')) keep(comparison);
const { specs, won } = readKept();
const notWon = won.filter((name) => !comparison.won.includes(name));
console.log(JSON.stringify({ ...comparison, notWon }, null, 2));
process.exitCode = comparison.lost.length + notWon.length > 0 || comparison.specs !== specs ? 1 : 0;

async function bundleSpecs(file: string): Promise<void> {
  const build = await rolldown({
    input: join(import.meta.dirname, 'run.ts'),
    platform: 'node',
    external: ['jasmine-core'],
    plugins: [jasmineUtilStub],
    // tfjs marks its specs as free of side effects.
    treeshake: false,
    resolve: { mainFields: ['module', 'main'] },
    logLevel: 'silent',
  });
  await build.write({ file, format: 'cjs', codeSplitting: false });
  await build.close();
}

function runSpecs(mode: 'stock' | 'accelerated'): Outcome[] {
  const results = join(folder, `${mode}.json`);
  const wasmFiles = join(dirname(wasmMain), '/');
  execFileSync(process.execPath, [bundle, wasmFiles, results, mode], {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 90_000,
  });
  return JSON.parse(readFileSync(results, 'utf8'));
}

function keep({ specs, passed, won }: Comparison): void {
  const { version } = require('@tensorflow/tfjs-core/package.json');
  const kept: Kept = {
    tfjs: version,
    madeBy: 'packages/core/scripts/tfjs-specs/main.ts --write',
    specs,
    passed,
    won,
  };
  mkdirSync(dirname(keptFile), { recursive: true });
  writeFileSync(keptFile, `${JSON.stringify(kept, null, 2)}\n`);
}

function readKept(): Kept {
  return JSON.parse(readFileSync(keptFile, 'utf8'));
}
