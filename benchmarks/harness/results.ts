// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Machine } from './machine.ts';

/** What a benchmark leaves behind. */
export interface Results {
  readonly benchmark: string;
  readonly machine: Machine;
  /** The options it ran with. */
  readonly options: object;
  readonly rows: readonly object[];
}

/** Writes results to `benchmarks/results/<benchmark>.json`. Returns the path. */
export function writeResults(results: Results): string {
  const folder = fileURLToPath(new URL('../results/', import.meta.url));
  mkdirSync(folder, { recursive: true });
  const path = `${folder}${results.benchmark}.json`;
  const dated = { date: new Date().toISOString(), ...results };
  writeFileSync(path, `${JSON.stringify(dated, null, 2)}\n`);
  return path;
}
