// SPDX-License-Identifier: Apache-2.0
// One step of Adam on ten million parameters, beside tfjs on WASM, PyTorch with one thread and a plain
// copy, which shows how near to the memory's bandwidth each comes.
//
//   node benchmarks/optimizer.bench.ts [--quick] [--sizes 10x1000000,1000x10000] [--only tapeloop,copy]
//
// Every contestant is a process of its own. All make the same three steps first, and a sum of their
// parameters is compared. They take turns.

import { parseArgs } from 'node:util';
import { type Command, Contestant } from './harness/contestant.ts';
import { type Effort, interleave, type Measurement, speedup } from './harness/interleave.ts';
import { describeMachine, machine } from './harness/machine.ts';
import type { Identity } from './harness/protocol.ts';
import { pythonWith } from './harness/python.ts';
import { writeResults } from './harness/results.ts';
import { table } from './harness/table.ts';
import type { Workload } from './optimizer/workload.ts';

interface Runner {
  readonly key: string;
  readonly contestant: Contestant<Workload>;
  readonly identity: Identity;
}

/** Adam reads p, g, m and v and writes p, m and v, each once: what it cannot do without. */
const ADAM_BYTES = 7 * 4;
/** A copy reads and writes each element. */
const COPY_BYTES = 2 * 4;
/** Sums of sampled elements must agree this well. */
const tolerance = 1e-4;

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    sizes: { type: 'string', default: '10x1000000,1000x10000' },
    only: { type: 'string', default: '' },
  },
});
const effort: Effort = options.quick
  ? { rounds: 2, steps: 2, warmUp: 1 }
  : { rounds: 9, steps: 5, warmUp: 3 };

const before = machine();
console.log(`${describeMachine(before)}\n`);
const rows: object[] = [];
for (const size of options.sizes.split(',')) rows.push(...(await measure(parseSize(size))));
const path = writeResults({ benchmark: 'optimizer', machine: before, options, rows });
console.log(`Written to ${path}.`);

async function measure(workload: Workload): Promise<object[]> {
  console.log(`Adam on ${workload.tensors} parameters of ${workload.size} elements`);
  const runners = await start(workload);
  try {
    await checkSums(runners);
    const measurements = await interleave(
      runners.map(({ contestant }) => contestant),
      effort,
    );
    return report(workload, runners, measurements);
  } finally {
    for (const { contestant } of runners) await contestant.close();
  }
}

async function start(workload: Workload): Promise<Runner[]> {
  const runners: Runner[] = [];
  for (const [key, command] of contestantCommands()) {
    const contestant = new Contestant<Workload>(command);
    const identity = await contestant.ask({ do: 'prepare', workload });
    runners.push({ key, contestant, identity });
  }
  return runners;
}

/** Tapeloop comes first: the others are compared with it. */
function contestantCommands(): [string, Command][] {
  const script = (name: string) => new URL(`./optimizer/${name}`, import.meta.url).pathname;
  const node = (...args: string[]): Command => ({ program: process.execPath, args });
  const commands: [string, Command][] = [
    ['tapeloop', node(script('tapeloop.ts'))],
    ['tfjs', node(script('tfjs.ts'))],
    ['copy', node(script('copy.ts'))],
  ];
  const python = pythonWith('torch');
  if (python !== undefined) {
    const env = { OMP_NUM_THREADS: '1' };
    commands.push(['pytorch', { program: python, args: [script('pytorch.py')], env }]);
  }
  const wanted = options.only === '' ? undefined : new Set(options.only.split(','));
  return commands.filter(([key]) => wanted?.has(key) ?? true);
}

/** @throws Error when contestants do not compute the same thing. */
async function checkSums(runners: readonly Runner[]): Promise<void> {
  let reference: readonly number[] | undefined;
  for (const { key, contestant, identity } of runners) {
    const { losses } = await contestant.ask({ do: 'losses', steps: 3 });
    if (key === 'copy') continue;
    reference ??= losses;
    losses.forEach((sum, step) => {
      const expected = reference?.[step] ?? Number.NaN;
      if (Math.abs(sum - expected) <= tolerance) return;
      throw new Error(
        `${identity.name}: the sum after step ${step} must be ${expected}, got ${sum}. ` +
          'They do not compute the same thing.',
      );
    });
  }
}

function report(
  workload: Workload,
  runners: readonly Runner[],
  measurements: readonly Measurement[],
): object[] {
  const [ours] = measurements;
  const rows = runners.map(({ key, identity }, i) => {
    const measured = measurements[i];
    if (measured === undefined || ours === undefined) throw new Error(`${key}: not measured.`);
    const bytes = workload.tensors * workload.size * (key === 'copy' ? COPY_BYTES : ADAM_BYTES);
    const gigabytesPerSecond = bytes / measured.step.median / 1e6;
    const ratio = speedup(ours, measured);
    return { ...workload, key, ...identity, ...measured, gigabytesPerSecond, ratio };
  });
  const heads = ['', 'ms a step', 'min', 'max', 'GB/s', 'ratio', 'from', 'to', 'build'];
  const cells = rows.map(({ name, version, build, step, gigabytesPerSecond, ratio }) => [
    `${name} ${version}`,
    ...[step.median, step.min, step.max].map((milliseconds) => milliseconds.toFixed(1)),
    gigabytesPerSecond.toFixed(1),
    ...[ratio.median, ratio.min, ratio.max].map((times) => times.toFixed(2)),
    build,
  ]);
  console.log(`${table(heads, cells)}\n`);
  return rows;
}

function parseSize(size: string): Workload {
  const [tensors, each, ...rest] = size.split('x').map(Number);
  if (tensors !== undefined && each !== undefined && rest.length === 0) {
    if ([tensors, each].every((n) => Number.isSafeInteger(n) && n > 0))
      return { tensors, size: each };
  }
  throw new Error(`--sizes must be like 10x1000000 (parameters x elements), got ${size}.`);
}
