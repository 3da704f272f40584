// SPDX-License-Identifier: Apache-2.0
// Training steps of a language model with one worker and with two, each with as many rows: how much
// more text two cores read.
//
//   node benchmarks/data-parallel.bench.ts [--quick] [--sizes 128x50x50,256x32x64]
//
// First it checks that two workers with B rows each have the losses of one with 2 B. Then these take
// turns: one; two; and two that have nothing to say to each other, which is as much as this machine can
// give at that moment.

import { parseArgs } from 'node:util';
import { runWorkers } from '@tapeloop/train/node';
import type { Report, Workload } from './data-parallel/workload.ts';
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
const effort = options.quick
  ? { rounds: 2, warmUp: 1, steps: 3 }
  : { rounds: 7, warmUp: 12, steps: 40 };

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
  const steps = { warmUp: 0, steps: 5 };
  const both = await train(2, { ...sizes, ...steps });
  const alone = await train(1, { ...sizes, batch: 2 * sizes.batch, ...steps });
  both.losses.forEach((loss, step) => {
    const expected = alone.losses[step] ?? Number.NaN;
    if (Math.abs(loss - expected) <= tolerance * expected) return;
    throw new Error(`two workers: the loss of step ${step} must be ${expected}, got ${loss}.`);
  });
}

async function measure(sizes: Sizes) {
  const workload = { ...sizes, ...effort };
  const one: number[] = [];
  const two: number[] = [];
  const apart: number[] = [];
  for (let round = 0; round < effort.rounds; round++) {
    one.push((await train(1, workload)).milliseconds);
    two.push((await train(2, workload)).milliseconds);
    apart.push((await train(2, { ...workload, apart: true })).milliseconds);
  }
  const perStep = (times: number[]) => summarize(times.map((time) => time / effort.steps));
  const speedup = (times: number[]) =>
    summarize(times.map((time, round) => (2 * (one[round] ?? Number.NaN)) / time));
  return {
    sizes,
    one: perStep(one),
    two: perStep(two),
    speedup: speedup(two),
    apart: speedup(apart),
  };
}

/** What the first of `count` workers tells, and how long the slowest took. */
async function train(count: number, workload: Workload): Promise<Report> {
  const module = new URL('./data-parallel/worker.ts', import.meta.url);
  const reports = await runWorkers<Workload, never, Report>(module, { count, data: workload });
  const [first] = reports;
  if (first === undefined) throw new Error('no worker has told anything.');
  return { ...first, milliseconds: Math.max(...reports.map((each) => each.milliseconds)) };
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
