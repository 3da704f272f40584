// SPDX-License-Identifier: Apache-2.0
// GFLOP/s of matrix products by build, size and transposes, beside peers, and as a share of the core's 128-bit peak.
//
//   node benchmarks/kernels/gemm.bench.ts [--quick] [--only relaxed,wide] [--sizes 64,512,32x2048x512] [--modes NN,NP]
//
// A size is m = n = k or m×n×k; a mode is N or T for A, and N, T or P (packed beforehand) for B. simd, relaxed and wide
// are bare kernels; op and the peers make and free a tensor in each call. One element of each row is compared with its
// sum in float64 first. Contestants are processes that take turns; the best turn counts.

import { parseArgs } from 'node:util';
import type { Effort } from '../harness/interleave.ts';
import { describeMachine, machine } from '../harness/machine.ts';
import { writeResults } from '../harness/results.ts';
import { table } from '../harness/table.ts';
import { type Expected, Field, isBareKernel, type Result } from './measure.ts';
import { measurePeak } from './peak.ts';
import { expectedProduct, type ProductWorkload } from './workload.ts';

/** Beyond this many operations one call of tfjs's plain JavaScript takes most of a second. */
const mostOnCpu = 2 * 256 ** 3;
/** What a timed step computes at least, where it is many calls. */
const operationsOfStep = 4e7;

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    sizes: { type: 'string', default: '64,128,256,512,1024' },
    modes: { type: 'string', default: 'NN,TN,NT,TT,NP' },
  },
});
const effort: Effort = options.quick
  ? { rounds: 2, steps: 2, warmUp: 2 }
  : { rounds: 7, steps: 4, warmUp: 4 };

const before = machine();
const peak = measurePeak(options.quick ? 100 : 300);
console.log(`${describeMachine(before)}, peak of 128-bit fma ${peak.toFixed(1)} GFLOP/s\n`);
const field = new Field(options.only === '' ? [] : options.only.split(','));
try {
  const lines: string[][] = [];
  const rows: object[] = [];
  for (const size of options.sizes.split(',')) {
    for (const mode of options.modes.split(',')) {
      const workload = productOf(size, mode);
      const results = await field.measure(workload, expectedOf(workload), effort, (key) =>
        takesPart(key, workload),
      );
      const rates = new Map(results.map((result) => [result.key, rateOf(result, workload)]));
      const share = rates.has('relaxed') ? percent((rates.get('relaxed') ?? 0) / peak) : '–';
      const cells = field.keys.map((key) => rates.get(key)?.toFixed(1) ?? '–');
      lines.push([`${size} ${mode}`, ...cells, share]);
      for (const { key, identity, ...measured } of results) {
        rows.push({
          ...workload,
          mode,
          key,
          ...identity,
          gflops: rates.get(key),
          peak,
          ...measured,
        });
      }
    }
  }
  console.log(`${table(['GFLOP/s', ...field.keys, 'relaxed/peak'], lines)}\n`);
  const path = writeResults({ benchmark: 'gemm', machine: before, options, rows });
  console.log(`Written to ${path}.`);
} finally {
  await field.close();
}

function productOf(size: string, mode: string): ProductWorkload {
  const [m = Number.NaN, n = m, k = m, ...rest] = size.split('x').map(Number);
  if (![m, n, k].every((x) => Number.isSafeInteger(x) && x > 0) || rest.length > 0) {
    throw new Error(`gemm.bench: --sizes must be like 256 or 32x2048x512, got ${size}.`);
  }
  if (!/^[NT][NTP]$/.test(mode)) {
    throw new Error(`gemm.bench: --modes must be N or T, then N, T or P, got ${mode}.`);
  }
  const repeats = Math.max(1, Math.round(operationsOfStep / (2 * m * n * k)));
  const [transposeA, transposeB] = [mode[0] === 'T', mode[1] === 'T'];
  return { kind: 'product', m, n, k, transposeA, transposeB, packed: mode[1] === 'P', repeats };
}

function expectedOf(workload: ProductWorkload): Expected {
  const expected = expectedProduct(workload);
  return {
    places: expected.map(({ place }) => place),
    values: expected.map(({ value }) => value),
    tolerance: 1e-6 * (workload.k + 1),
  };
}

function takesPart(key: string, { m, n, k, packed }: ProductWorkload): boolean {
  if (packed) return isBareKernel(key);
  return key !== 'tfjs cpu' || 2 * m * n * k <= mostOnCpu;
}

/** GFLOP/s of the best turn: what makes one slower is other processes. */
function rateOf({ rounds }: Result, { m, n, k, repeats }: ProductWorkload): number {
  return (2 * m * n * k * repeats) / Math.min(...rounds) / 1e6;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
