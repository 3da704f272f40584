// SPDX-License-Identifier: Apache-2.0
// The whole training step of a two-layer LSTM language model, Adam included, beside its peers.
//
//   node benchmarks/training-step.bench.ts [--quick] [--sizes 128x50x50,256x32x64] [--only relaxed,tfjs-layers]
//       [--python path]…
//
// Every contestant is a process of its own with one thread. All start from the same weights and train
// on the same windows; their first losses are compared before anything is timed. They take turns, and
// ratios are taken within a round.
//
// PyTorch takes part where a Python on the PATH, or one named with --python, has it. Pip's wheel:
// `python3 -m venv torch && torch/bin/pip install torch numpy`, then --python torch/bin/python.
// Debian's build: `apt install python3-torch libopenblas0-pthread`.

import { parseArgs } from 'node:util';
import { Contestant } from './harness/contestant.ts';
import { type Effort, interleave, type Measurement, speedup } from './harness/interleave.ts';
import { describeMachine, machine } from './harness/machine.ts';
import type { Identity } from './harness/protocol.ts';
import { writeResults } from './harness/results.ts';
import { table } from './harness/table.ts';
import { commands, type Key, takesPart } from './training-step/contestants.ts';
import { targets, timesToReach, verdict } from './training-step/targets.ts';
import { type Workload, workload } from './training-step/workload.ts';

interface Runner {
  readonly key: Key;
  readonly contestant: Contestant<Workload>;
  readonly identity: Identity;
  /** Of its first steps. */
  readonly losses: readonly number[];
}

/** What was measured of one contestant at one size. */
interface Row extends Workload, Identity, Measurement {
  readonly key: Key;
  readonly losses: readonly number[];
  readonly tokensPerSecond: number;
}

/** Losses of the first steps must agree this well, relative to their size. */
const lossTolerance = 1e-3;

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    sizes: { type: 'string', default: '128x50x50,256x32x64,512x32x64' },
    only: { type: 'string', default: '' },
    python: { type: 'string', multiple: true, default: [] },
  },
});
const effort: Effort = options.quick
  ? { rounds: 2, steps: 4, warmUp: 1, turnMilliseconds: 300 }
  : { rounds: 7, steps: 12, warmUp: 2, turnMilliseconds: 800 };

const before = machine();
console.log(`${describeMachine(before)}\n`);
const { python: pythons, ...told } = options;
const all = commands(pythons);
const rows: object[] = [];
for (const size of options.sizes.split(',')) rows.push(...(await measure(parseSize(size))));
const path = writeResults({ benchmark: 'training-step', machine: before, options: told, rows });
console.log(`Written to ${path}.`);

async function measure(sizes: Workload): Promise<object[]> {
  const { hidden, batch, time } = sizes;
  console.log(`hidden ${hidden}, batch ${batch}, time ${time}: ${batch * time} tokens a step`);
  const runners: Runner[] = [];
  try {
    await start(sizes, runners);
    checkLosses(runners);
    const contestants = runners.map(({ contestant }) => contestant);
    const measurements = await interleave(contestants, effort);
    const measured = runners.flatMap((runner, i) => {
      const measurement = measurements[i];
      return measurement === undefined ? [] : [rowOf(sizes, runner, measurement)];
    });
    reportTimes(measured);
    return [...measured, ...reportRatios(sizes, measured)];
  } finally {
    for (const { contestant } of runners) await contestant.close();
  }
}

async function start(sizes: Workload, runners: Runner[]): Promise<void> {
  const wanted = options.only === '' ? undefined : options.only.split(',');
  for (const [key, command] of all) {
    if (!(wanted?.includes(key) ?? takesPart(key, sizes))) continue;
    const contestant = new Contestant<Workload>(command);
    const identity = await contestant.ask({ do: 'prepare', workload: sizes });
    const { losses } = await contestant.ask({ do: 'losses', steps: 3 });
    runners.push({ key, contestant, identity, losses });
  }
}

/** @throws Error when contestants do not compute the same thing. */
function checkLosses(runners: readonly Runner[]): void {
  const [reference] = runners;
  for (const { key, losses } of runners) {
    losses.forEach((loss, step) => {
      const expected = reference?.losses[step] ?? Number.NaN;
      if (Math.abs(loss - expected) <= lossTolerance * expected) return;
      throw new Error(
        `${key}: the loss of step ${step} must be ${expected} as in ${reference?.key}, ` +
          `got ${loss}. They do not compute the same thing.`,
      );
    });
    const [first = Number.NaN, last = Number.NaN] = [losses[0], losses.at(-1)];
    if (!(last < first)) throw new Error(`${key}: the loss must fall, got ${losses.join(', ')}.`);
  }
}

function rowOf(sizes: Workload, { key, identity, losses }: Runner, measured: Measurement): Row {
  const tokensPerSecond = (1000 * sizes.batch * sizes.time) / measured.step.median;
  return { ...sizes, key, ...identity, ...measured, tokensPerSecond, losses };
}

function reportTimes(measured: readonly Row[]): void {
  const heads = ['', 'ms a step', 'min', 'max', 'steps', 'tokens/s', 'loss 2', 'version', 'build'];
  const cells = measured.map(({ key, version, build, threads, step, tokensPerSecond, losses }) => [
    key,
    ...[step.median, step.min, step.max].map((milliseconds) => milliseconds.toFixed(1)),
    String(step.count),
    Math.round(tokensPerSecond).toLocaleString('en-US'),
    (losses.at(-1) ?? Number.NaN).toFixed(4),
    version,
    `${build}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
  ]);
  console.log(`${table(heads, cells)}\n`);
}

/** How many times faster ours are, and whether that is what was to be reached. */
function reportRatios({ hidden }: Workload, measured: readonly Row[]): object[] {
  const rowBy = new Map(measured.map((row) => [row.key, row]));
  const ratios: object[] = [];
  const cells: string[][] = [];
  for (const target of targets) {
    const [ours, peer] = [rowBy.get(target.ours), rowBy.get(target.peer)];
    if (ours === undefined || peer === undefined) continue;
    const ratio = speedup(ours, peer);
    const goal = timesToReach(target, hidden);
    const outcome = verdict(ratio.median, goal, peer);
    ratios.push({ hidden, ours: ours.key, peer: peer.key, ratio, goal, outcome });
    cells.push([
      `${target.ours} : ${target.peer}`,
      ...[ratio.median, ratio.min, ratio.max].map((times) => times.toFixed(2)),
      goal === undefined ? '–' : `≥ ${goal}`,
      outcome,
    ]);
  }
  console.log(`${table(['times faster', 'median', 'from', 'to', 'goal', ''], cells)}\n`);
  return ratios;
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
