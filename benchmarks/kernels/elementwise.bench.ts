// SPDX-License-Identifier: Apache-2.0
// Nanoseconds an element of everything that is not a matrix product, by build and beside peers.
//
//   node benchmarks/kernels/elementwise.bench.ts [--quick] [--only relaxed,wide,jax-js] [subject …]
//   node benchmarks/kernels/elementwise.bench.ts exp tanh 'sum of rows'
//
// simd, relaxed and wide are bare kernels; op and the peers make and free a tensor in each call. All results are
// compared with the scalar reference first. Contestants are processes that take turns; the best turn counts.

import { parseArgs } from 'node:util';
import type { Effort } from '../harness/interleave.ts';
import { describeMachine, machine } from '../harness/machine.ts';
import { writeResults } from '../harness/results.ts';
import { table } from '../harness/table.ts';
import { type Expected, Field, isBareKernel, type Result } from './measure.ts';
import { prepareRows } from './prepare.ts';
import { outputPlaces, subjects } from './subjects.ts';
import { elements, type RowsWorkload } from './workload.ts';

/** Subjects that have no op of their own, or in which peers do something else. */
const kernelsOnly = [
  'tanh gradient',
  'gelu erf gradient',
  'add in place',
  'greater',
  'softmax cross-entropy',
  'layer norm',
  'philox uniform',
  'philox dropout',
  'scatter-add rows',
  ...Object.keys(subjects).filter((subject) => subject.endsWith(' update')),
];
const notInTfjs = ['silu', 'gelu tanh', 'gelu erf'];

const { positionals, values: options } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
});
const effort: Effort = options.quick
  ? { rounds: 2, steps: 2, warmUp: 2 }
  : { rounds: 7, steps: 5, warmUp: 8 };

const before = machine();
console.log(`${describeMachine(before)}\n`);
const field = new Field(options.only === '' ? [] : options.only.split(','));
try {
  const lines: string[][] = [];
  const rows: object[] = [];
  for (const subject of Object.keys(subjects)) {
    if (positionals.length > 0 && !positionals.includes(subject)) continue;
    const workload: RowsWorkload = { kind: 'rows', subject, repeats: options.quick ? 20 : 200 };
    const results = await field.measure(workload, await expectedOf(subject), effort, (key) =>
      takesPart(key, subject),
    );
    const times = new Map(results.map((result) => [result.key, nanoseconds(result, workload)]));
    lines.push([subject, ...field.keys.map((key) => times.get(key)?.toFixed(3) ?? '–')]);
    for (const { key, identity, ...measured } of results) {
      rows.push({ subject, elements, key, ...identity, nanoseconds: times.get(key), ...measured });
    }
  }
  console.log(`${table(['ns an element', ...field.keys], lines)}\n`);
  const path = writeResults({ benchmark: 'elementwise', machine: before, options, rows });
  console.log(`Written to ${path}.`);
} finally {
  await field.close();
}

function takesPart(key: string, subject: string): boolean {
  if (kernelsOnly.includes(subject)) return isBareKernel(key);
  return !(key.startsWith('tfjs') && notInTfjs.includes(subject));
}

/** The bounds of ours are in docs/kernels.md; peers are not as exact. */
async function expectedOf(subject: string): Promise<Expected> {
  const places = outputPlaces(subject);
  const reference = await prepareRows('reference', subject);
  return { places, values: reference.outputs(places), tolerance: 1e-4 };
}

/** Of the best turn: what makes one slower is other processes. */
function nanoseconds({ rounds }: Result, { repeats }: RowsWorkload): number {
  return (Math.min(...rounds) * 1e6) / repeats / elements;
}
