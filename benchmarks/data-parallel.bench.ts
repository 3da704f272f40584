// SPDX-License-Identifier: Apache-2.0
// Training steps of a language model with one worker and with two, each with as many rows: how much
// more text two cores read.
//
//   node benchmarks/data-parallel.bench.ts [--quick] [--sizes 128x50x50,256x32x64]
//
// First it checks that two workers with B rows each have the losses of one with 2 B. Then two workers
// take turns, round by round: each alone; both together; and both apart, with nothing to say to each
// other. As fast as the slower of these is as much as this machine can give at that moment to two that
// wait for each other.

import { parseArgs } from 'node:util';
import { runWorkers } from '@tapeloop/train/node';
import type { Report, Round, Workload } from './data-parallel/workload.ts';
import { describeMachine, machine } from './harness/machine.ts';
import { writeResults } from './harness/results.ts';
import { summarize } from './harness/statistics.ts';
import { table } from './harness/table.ts';

type Sizes = Pick<Workload, 'hidden' | 'batch' | 'window'>;

/** Losses of one and of two may differ by this part: sums in float32 have another order. */
const tolerance = 1e-5;
/** Times the text of one worker that two must read. */
const goal = 1.8;

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    sizes: { type: 'string', default: '128x50x50,256x32x64' },
  },
});
const effort = options.quick ? { rounds: 2, steps: 3 } : { rounds: 20, steps: 10 };

const before = machine();
console.log(`${describeMachine(before)}\n`);
const rows = [];
for (const sizes of options.sizes.split(',').map(parseSizes)) {
  await checkEqual(sizes);
  rows.push(await measure(sizes));
}
const heads = [
  'hidden x batch x window',
  'one, ms a step',
  'two',
  'speed-up',
  'from',
  'to',
  'goal',
  'two apart',
];
const cells = rows.map(({ sizes, one, two, speedup, apart }) => [
  `${sizes.hidden} x ${sizes.batch} x ${sizes.window}`,
  ...[one.median, two.median].map((milliseconds) => milliseconds.toFixed(1)),
  ...[speedup.median, speedup.min, speedup.max, goal, apart.median].map((times) =>
    times.toFixed(2),
  ),
]);
console.log(table(heads, cells));
const path = writeResults({ benchmark: 'data-parallel', machine: before, options, rows });
console.log(`\nWritten to ${path}.`);

/** @throws Error when two workers do not learn what one with all their rows does. */
async function checkEqual(sizes: Sizes): Promise<void> {
  const workload = { ...sizes, warmUp: 5, rounds: 0, steps: 0 };
  const [both] = await train(2, workload);
  const [alone] = await train(1, { ...workload, batch: 2 * sizes.batch });
  both?.losses.forEach((loss, step) => {
    const expected = alone?.losses[step] ?? Number.NaN;
    if (Math.abs(loss - expected) <= tolerance * expected) return;
    throw new Error(`two workers: the loss of step ${step} must be ${expected}, got ${loss}.`);
  });
}

async function measure(sizes: Sizes) {
  const reports = await train(2, { ...sizes, ...effort, warmUp: 12 });
  /** What both workers took in a turn, round by round. */
  const rounds = (turn: keyof Round) =>
    Array.from({ length: effort.rounds }, (_, round) =>
      reports.map((report) => report.rounds[round]?.[turn] ?? Number.NaN),
    );
  const one = rounds('alone').map(mean);
  const two = rounds('together').map(slowest);
  const apart = rounds('apart').map(slowest);
  const speedup = (times: readonly number[]) =>
    summarize(times.map((time, round) => (2 * (one[round] ?? Number.NaN)) / time));
  return {
    sizes,
    one: summarize(one),
    two: summarize(two),
    speedup: speedup(two),
    apart: speedup(apart),
  };
}

function slowest(times: readonly number[]): number {
  return Math.max(...times);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function train(count: number, workload: Workload): Promise<Report[]> {
  const module = new URL('./data-parallel/worker.ts', import.meta.url);
  return runWorkers<Workload, never, Report>(module, { count, data: workload });
}

function parseSizes(text: string): Sizes {
  const [hidden, batch, window, ...rest] = text.split('x').map(Number);
  if (hidden !== undefined && batch !== undefined && window !== undefined && rest.length === 0) {
    if ([hidden, batch, window].every((n) => Number.isSafeInteger(n) && n > 0)) {
      return { hidden, batch, window };
    }
  }
  throw new Error(`--sizes must be like 128x50x50 (hidden x batch x window), got ${text}.`);
}
