// SPDX-License-Identifier: Apache-2.0
// Adding up arrays over all ranks: threads through shared memory and through messages, and processes
// through MPI where it is installed, beside a plain copy of as many bytes.
//
//   node benchmarks/all-reduce.bench.ts [--quick] [--ranks 2] [--sizes 4096,4194304]
//
// The transports take turns; each turn starts a group of its own. Sums are checked.

import { parseArgs } from 'node:util';
import type { Plan, Times } from './all-reduce/measure.ts';
import { transports } from './all-reduce/transports.ts';
import { describeMachine, machine } from './harness/machine.ts';
import { writeResults } from './harness/results.ts';
import { summarize } from './harness/statistics.ts';
import { table } from './harness/table.ts';

const MEBIBYTE = 2 ** 20;

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    ranks: { type: 'string', default: '2' },
    sizes: {
      type: 'string',
      default: [2 ** 12, 2 ** 16, 2 ** 20, 2 ** 22, 2 ** 24, 2 ** 26].join(),
    },
  },
});
const ranks = Number(options.ranks);
const plan: Plan = {
  sizes: options.sizes.split(',').map(Number),
  bytesInAll: (options.quick ? 16 : 256) * MEBIBYTE,
};
const rounds = options.quick ? 1 : 5;

const before = machine();
console.log(`${describeMachine(before)}\n`);
const all = transports();
const turns = all.map((): Times[][] => []);
for (let round = 0; round < rounds; round++) {
  const order = [...all.entries()];
  for (const [i, transport] of round % 2 === 0 ? order : order.reverse()) {
    turns[i]?.push(await transport.run(ranks, plan));
  }
}
const rows = all.flatMap(({ name }, i) => rowsOf(name, turns[i] ?? []));
report(rows);
console.log(
  `Written to ${writeResults({ benchmark: 'all-reduce', machine: before, options, rows })}.`,
);

/** The times of a transport, by size, over all rounds. */
function rowsOf(name: string, runs: readonly Times[][]) {
  return plan.sizes.map((bytes, k) => {
    const same = runs.flatMap((run) => run.slice(k, k + 1));
    const allReduce = summarize(same.flatMap((times) => times.allReduce));
    const copy = summarize(same.flatMap((times) => times.copy));
    const gigabytesPerSecond = bytes / allReduce.median / 1e6;
    return { name, ranks, bytes, allReduce, copy, gigabytesPerSecond };
  });
}

function report(rows: ReturnType<typeof rowsOf>): void {
  const heads = [`${ranks} ranks`, 'KiB', 'ms', 'min', 'max', 'GB/s', 'copy ms', 'copies'];
  const cells = rows.map(({ name, bytes, allReduce, copy, gigabytesPerSecond }) => [
    name,
    (bytes / 1024).toFixed(0),
    ...[allReduce.median, allReduce.min, allReduce.max].map((ms) => ms.toFixed(3)),
    gigabytesPerSecond.toFixed(2),
    copy.median.toFixed(3),
    (allReduce.median / copy.median).toFixed(1),
  ]);
  console.log(`${table(heads, cells)}\n`);
}
