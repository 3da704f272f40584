// SPDX-License-Identifier: Apache-2.0
// The whole training step of a two-layer LSTM language model, Adam included, beside its peers.
//
//   node benchmarks/training-step.bench.ts [--quick] [--sizes 128x50x50,256x32x64] [--only tapeloop,tfjs-layers]
//
// Every contestant is a process of its own with one thread. All start from the same weights and train
// on the same windows; their first losses are compared before anything is timed. They take turns.

import { parseArgs } from 'node:util';
import { type Command, Contestant } from './harness/contestant.ts';
import { type Effort, interleave, type Measurement, speedup } from './harness/interleave.ts';
import { describeMachine, machine } from './harness/machine.ts';
import type { Identity } from './harness/protocol.ts';
import { pythonWith } from './harness/python.ts';
import { writeResults } from './harness/results.ts';
import { table } from './harness/table.ts';
import { type Workload, workload } from './training-step/workload.ts';

interface Runner {
  readonly key: string;
  readonly contestant: Contestant<Workload>;
  readonly identity: Identity;
}

/** Losses of the first steps must agree this well, relative to their size. */
const lossTolerance = 1e-3;

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    sizes: { type: 'string', default: '128x50x50,256x32x64' },
    only: { type: 'string', default: '' },
  },
});
const effort: Effort = options.quick
  ? { rounds: 2, steps: 2, warmUp: 1 }
  : { rounds: 7, steps: 5, warmUp: 3 };

const before = machine();
console.log(`${describeMachine(before)}\n`);
const rows: object[] = [];
for (const size of options.sizes.split(',')) rows.push(...(await measure(parseSize(size))));
const path = writeResults({ benchmark: 'training-step', machine: before, options, rows });
console.log(`Written to ${path}.`);

async function measure(sizes: Workload): Promise<object[]> {
  const { hidden, batch, time } = sizes;
  console.log(`hidden ${hidden}, batch ${batch}, time ${time}: ${batch * time} tokens a step`);
  const runners = await start(sizes);
  try {
    const losses = await checkLosses(runners);
    const measurements = await interleave(
      runners.map(({ contestant }) => contestant),
      effort,
    );
    return report(sizes, runners, measurements, losses);
  } finally {
    for (const { contestant } of runners) await contestant.close();
  }
}

async function start(sizes: Workload): Promise<Runner[]> {
  const runners: Runner[] = [];
  for (const [key, command] of contestantCommands()) {
    const contestant = new Contestant<Workload>(command);
    const identity = await contestant.ask({ do: 'prepare', workload: sizes });
    runners.push({ key, contestant, identity });
  }
  return runners;
}

/** Tapeloop comes first: the others are compared with it. */
function contestantCommands(): [string, Command][] {
  const script = (name: string) => new URL(`./training-step/${name}`, import.meta.url).pathname;
  const node = (...args: string[]): Command => ({ program: process.execPath, args });
  const commands: [string, Command][] = [
    ['tapeloop', node(script('tapeloop.ts'))],
    ['tfjs-layers', node(script('tfjs-layers.ts'))],
  ];
  const python = pythonWith('torch');
  if (python !== undefined) {
    const env = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };
    commands.push(['pytorch', { program: python, args: [script('pytorch.py')], env }]);
  }
  const wanted = options.only === '' ? undefined : new Set(options.only.split(','));
  return commands.filter(([key]) => wanted?.has(key) ?? true);
}

/** @throws Error when contestants do not compute the same thing. */
async function checkLosses(runners: readonly Runner[]): Promise<number[][]> {
  const all: number[][] = [];
  for (const { contestant } of runners) {
    const { losses } = await contestant.ask({ do: 'losses', steps: 3 });
    all.push([...losses]);
  }
  const [reference = []] = all;
  all.forEach((losses, i) => {
    const name = runners[i]?.identity.name;
    losses.forEach((loss, step) => {
      const expected = reference[step] ?? Number.NaN;
      if (Math.abs(loss - expected) <= lossTolerance * expected) return;
      throw new Error(
        `${name}: the loss of step ${step} must be ${expected} as in ${runners[0]?.identity.name}, ` +
          `got ${loss}. They do not compute the same thing.`,
      );
    });
    const [first = Number.NaN, last = Number.NaN] = [losses[0], losses.at(-1)];
    if (!(last < first)) throw new Error(`${name}: the loss must fall, got ${losses.join(', ')}.`);
  });
  return all;
}

function report(
  sizes: Workload,
  runners: readonly Runner[],
  measurements: readonly Measurement[],
  losses: readonly number[][],
): object[] {
  const tokens = sizes.batch * sizes.time;
  const [ours] = measurements;
  const rows = runners.map(({ key, identity }, i) => {
    const measured = measurements[i];
    if (measured === undefined || ours === undefined) throw new Error(`${key}: not measured.`);
    const tokensPerSecond = (1000 * tokens) / measured.step.median;
    const ratio = speedup(ours, measured);
    return { ...sizes, key, ...identity, ...measured, tokensPerSecond, ratio, losses: losses[i] };
  });
  const heads = [
    '',
    'ms a step',
    'min',
    'max',
    'tokens/s',
    'ratio',
    'from',
    'to',
    'loss 0',
    'build',
  ];
  const cells = rows.map(
    ({ name, version, build, threads, step, tokensPerSecond, ratio, losses: own }) => [
      `${name} ${version}`,
      ...[step.median, step.min, step.max].map((milliseconds) => milliseconds.toFixed(1)),
      Math.round(tokensPerSecond).toLocaleString('en-US'),
      ...[ratio.median, ratio.min, ratio.max].map((times) => times.toFixed(2)),
      (own?.[0] ?? Number.NaN).toFixed(4),
      `${build}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    ],
  );
  console.log(`${table(heads, cells)}\n`);
  return rows;
}

function parseSize(size: string): Workload {
  const [hidden, batch, time, ...rest] = size.split('x').map(Number);
  if (hidden !== undefined && batch !== undefined && time !== undefined && rest.length === 0) {
    if ([hidden, batch, time].every((n) => Number.isSafeInteger(n) && n > 0)) {
      return workload(hidden, batch, time);
    }
  }
  throw new Error(`--sizes must be like 128x50x50 (hidden x batch x time), got ${size}.`);
}
