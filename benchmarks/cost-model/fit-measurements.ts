// SPDX-License-Identifier: Apache-2.0
// Fits the cost model to what the benchmarks all-reduce and data-parallel left in benchmarks/results, and
// writes parameters.json.
//
//   node benchmarks/cost-model/fit-measurements.ts

import { readFileSync } from 'node:fs';
import { fitMeasurements } from './measurements.ts';
import { writeParameters } from './parameters.ts';

writeParameters(fitMeasurements(readResults('all-reduce'), readResults('data-parallel')));

function readResults(benchmark: string) {
  const path = new URL(`../results/${benchmark}.json`, import.meta.url);
  return JSON.parse(readFileSync(path, 'utf8'));
}
