// SPDX-License-Identifier: Apache-2.0
// Adds up vitest's JSON reports and prints `N passed, N failed`:
//
//   node scripts/count-tests.ts reports/test.json reports/slow.json
//
// A test file that failed outside its tests counts as one failure, and so does a report that is not there.

import { existsSync, readFileSync } from 'node:fs';

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

let passed = 0;
let failed = 0;
for (const path of process.argv.slice(2)) {
  if (!existsSync(path)) {
    console.error(`${path} is missing: its test run did not finish.`);
    failed += 1;
    continue;
  }
  const report: Report = JSON.parse(readFileSync(path, 'utf8'));
  passed += report.numPassedTests;
  failed += report.numFailedTests + brokenFiles(report);
}

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

function brokenFiles({ testResults }: Report): number {
  return testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ).length;
}
