// SPDX-License-Identifier: Apache-2.0
// One training step on a large embedding table of which a batch uses few rows: sparse gradients beside
// dense ones, in Tapeloop and in PyTorch with one thread.
//
//   node benchmarks/embedding.bench.ts [--quick] [--size 100000x256] [--ids 2000] [--rules sgd,adagrad,adam]
//
// Every contestant is a process of its own. All make the same three steps first, and their losses are
// compared. They take turns.

import { parseArgs } from 'node:util';
import type { GradientKind, Workload } from './embedding/workload.ts';
import { type Command, Contestant } from './harness/contestant.ts';
import { type Effort, interleave, type Measurement, speedup } from './harness/interleave.ts';
import { describeMachine, machine } from './harness/machine.ts';
import type { Identity } from './harness/protocol.ts';
import { pythonWith } from './harness/python.ts';
import { writeResults } from './harness/results.ts';
import { table } from './harness/table.ts';

interface Runner {
  readonly gradient: GradientKind;
  readonly contestant: Contestant<Workload>;
  readonly identity: Identity;
}

/** Losses must agree this well, relatively. */
const tolerance = 1e-4;
const rules = ['sgd', 'adagrad', 'adam'] as const;

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    size: { type: 'string', default: '100000x256' },
    ids: { type: 'string', default: '2000' },
    rules: { type: 'string', default: rules.join(',') },
  },
});
const effort: Effort = options.quick
  ? { rounds: 2, steps: 2, warmUp: 1 }
  : { rounds: 9, steps: 20, warmUp: 3, turnMilliseconds: 1000 };

const before = machine();
console.log(`${describeMachine(before)}\n`);
const rows: object[] = [];
for (const rule of rules.filter((each) => options.rules.split(',').includes(each))) {
  rows.push(...(await measure({ ...sizes(), rule })));
}
const path = writeResults({ benchmark: 'embedding', machine: before, options, rows });
console.log(`Written to ${path}.`);

async function measure(workload: Omit<Workload, 'gradient'>): Promise<object[]> {
  console.log(`${workload.rule} on ${workload.ids} ids of ${workload.rows} x ${workload.width}`);
  const runners = await start(workload);
  try {
    await checkLosses(workload, runners);
    const measurements = await interleave(
      runners.map(({ contestant }) => contestant),
      effort,
    );
    return report(workload, runners, measurements);
  } finally {
    for (const { contestant } of runners) await contestant.close();
  }
}

/** Tapeloop with sparse gradients comes first: the others are compared with it. */
async function start(workload: Omit<Workload, 'gradient'>): Promise<Runner[]> {
  const runners: Runner[] = [];
  for (const command of commands()) {
    for (const gradient of ['sparse', 'dense'] as const) {
      const contestant = new Contestant<Workload>(command);
      const identity = await contestant.ask({
        do: 'prepare',
        workload: { ...workload, gradient },
      });
      runners.push({ gradient, contestant, identity });
    }
  }
  return runners;
}

function commands(): Command[] {
  const script = (name: string) => new URL(`./embedding/${name}`, import.meta.url).pathname;
  const tapeloop = { program: process.execPath, args: [script('tapeloop.ts')] };
  const python = pythonWith('torch');
  if (python === undefined) return [tapeloop];
  const env = { OMP_NUM_THREADS: '1' };
  return [tapeloop, { program: python, args: [script('pytorch.py')], env }];
}

/**
 * Adam of sparse gradients is another rule than Adam of dense ones; else all compute the same.
 *
 * @throws Error when contestants do not compute the same thing.
 */
async function checkLosses(
  { rule }: Omit<Workload, 'gradient'>,
  runners: readonly Runner[],
): Promise<void> {
  const references = new Map<string, readonly number[]>();
  for (const { gradient, contestant, identity } of runners) {
    const { losses } = await contestant.ask({ do: 'losses', steps: 3 });
    const kind = rule === 'adam' ? gradient : 'any';
    const reference = references.get(kind) ?? losses;
    references.set(kind, reference);
    losses.forEach((loss, step) => {
      const expected = reference[step] ?? Number.NaN;
      if (Math.abs(loss - expected) <= tolerance * Math.abs(expected)) return;
      throw new Error(
        `${identity.name}: the loss of step ${step} must be ${expected}, got ${loss}. ` +
          'They do not compute the same thing.',
      );
    });
  }
}

function report(
  workload: Omit<Workload, 'gradient'>,
  runners: readonly Runner[],
  measurements: readonly Measurement[],
): object[] {
  const [ours] = measurements;
  const rows = runners.map(({ gradient, identity }, i) => {
    const measured = measurements[i];
    if (measured === undefined || ours === undefined) throw new Error('not measured.');
    return { ...workload, gradient, ...identity, ...measured, ratio: speedup(ours, measured) };
  });
  const heads = ['', 'ms a step', 'min', 'max', 'ratio', 'from', 'to', 'build'];
  const cells = rows.map(({ name, version, build, step, ratio }) => [
    `${name} ${version}`,
    ...[step.median, step.min, step.max].map((milliseconds) => milliseconds.toFixed(2)),
    ...[ratio.median, ratio.min, ratio.max].map((times) => times.toFixed(2)),
    build,
  ]);
  console.log(`${table(heads, cells)}\n`);
  return rows;
}

function sizes(): Pick<Workload, 'rows' | 'width' | 'ids'> {
  const [rows = 0, width = 0, ...rest] = options.size.split('x').map(Number);
  const ids = Number(options.ids);
  if (rest.length === 0 && [rows, width, ids].every((n) => Number.isSafeInteger(n) && n > 0)) {
    return { rows, width, ids };
  }
  throw new Error(
    `--size must be like 100000x256 (rows x width) and --ids a whole number, got ${options.size} ` +
      `and ${options.ids}.`,
  );
}
