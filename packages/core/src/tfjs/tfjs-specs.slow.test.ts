// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';

interface Report {
  readonly specs: number;
  readonly passed: { readonly stock: number; readonly accelerated: number };
  readonly lost: readonly { readonly name: string; readonly message: string }[];
  readonly won: readonly string[];
  readonly notWon: readonly string[];
}

/** The first words of the specs of what tfjs lacks, and how many of each it publishes. */
const missing = [
  ['einsum ', 31],
  ['unsortedSegmentSum ', 12],
  ['gather ', 23],
  ['conv1d ', 2],
  ['conv2d ', 2],
  ['conv2dTranspose ', 5],
  ['depthwiseConv2d gradients ', 8],
  ['matmul ', 1],
  ['fused matmul ', 3],
  ['confusionMatrix ', 7],
] as const;

let run: { readonly status: number; readonly report: Report };

beforeAll(async () => {
  run = await runScript();
}, 180_000);

describe("tfjs-core's own specs on the WASM backend", () => {
  test('all of them run, and tfjs passes most by itself', () => {
    expect(run.report.specs).toBeGreaterThan(4000);
    expect(run.report.passed.stock).toBeGreaterThan(3800);
  });

  test('the drop-in loses none', () => {
    expect(run.report.lost).toEqual([]);
  });

  test('it wins all that it won before', () => {
    expect(run.report.notWon).toEqual([]);
    expect(run.status).toBe(0);
  });

  test.each(missing)('it wins the %sspecs: %i', (prefix, count) => {
    const won = run.report.won.filter((name) => name.startsWith(prefix));
    expect(won.length).toBeGreaterThanOrEqual(count);
  });
});

function runScript(): Promise<{ status: number; report: Report }> {
  const script = join(import.meta.dirname, '../../scripts/tfjs-specs/main.ts');
  const options = { maxBuffer: 2 ** 26, timeout: 170_000 };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [script], options, (error, stdout, stderr) => {
      try {
        resolve({ status: error === null ? 0 : 1, report: JSON.parse(stdout) });
      } catch {
        reject(new Error(`tfjs-specs: the script must print JSON, got ${stdout}${stderr}`));
      }
    });
  });
}
