// SPDX-License-Identifier: Apache-2.0
// Measures this machine, fits the cost model to it, and draws the figure and the tables of
// docs/cost-model.md. Let nothing else run meanwhile; MPICH and Open MPI must be installed.
//
//   node benchmarks/cost-model/refresh.ts [--quick]
//
// --quick: few repetitions, to see that all works.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const quick = values.quick ? ['--quick'] : [];

/** Several batches of each model, for its line. */
const models = ['256x8x64', '256x16x64', '256x32x64', '512x8x64', '512x16x64', '512x32x64'];

run('../all-reduce.bench.ts', quick);
run('../data-parallel.bench.ts', ['--sizes', `128x50x50,${models}`, ...quick]);
run('./fit-measurements.ts', []);
run('./draw.ts', []);

function run(script: string, args: readonly string[]): void {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const { status } = spawnSync(process.execPath, [path, ...args], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`refresh: ${script} failed.`);
}
