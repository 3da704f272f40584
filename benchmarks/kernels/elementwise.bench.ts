// SPDX-License-Identifier: Apache-2.0
// Nanoseconds an element of the kernels that are not matrix products, by build, on data that fits the second-level cache.
//
//   node benchmarks/kernels/elementwise.bench.ts [--quick] [kernel …]
//   node benchmarks/kernels/elementwise.bench.ts exp tanh
//
// Every kernel is checked against its scalar reference before it is timed. Builds take turns, and the best turn counts.

import { parseArgs } from 'node:util';
import { availableBuilds, hasWideMode, type Kernels, loadKernels } from '@tapeloop/core/kernels';

/** Elements of an operand: 32 kB. */
const n = 8192;
const [rows, width] = [64, n / 64];

/** Addresses of the operands that a subject may use. */
interface Operands {
  /** Floats in [−4, 4]. */
  x: number;
  /** Floats in (0, 1). */
  y: number;
  /** Int32 in [0, rows). */
  indices: number;
  out: number;
  out2: number;
}

type Subject = (kernels: Kernels, operands: Operands) => void;

const sameShape = [1, 1, n, 0, 0, 1, 0, 0, 1] as const;
const rowRight = [1, rows, width, 0, width, 1, 0, 0, 1] as const;
const stream = [1, 2, 3, 4, 5, 6] as const;

const subjects: Readonly<Record<string, Subject>> = {
  exp: (k, { x, out }) => k.exp(x, out, n),
  log: (k, { y, out }) => k.log(y, out, n),
  tanh: (k, { x, out }) => k.tanh(x, out, n),
  sigmoid: (k, { x, out }) => k.sigmoid(x, out, n),
  erf: (k, { x, out }) => k.erf(x, out, n),
  softplus: (k, { x, out }) => k.softplus(x, out, n),
  silu: (k, { x, out }) => k.silu(x, out, n),
  'gelu tanh': (k, { x, out }) => k.geluTanh(x, out, n),
  'gelu erf': (k, { x, out }) => k.geluErf(x, out, n),
  relu: (k, { x, out }) => k.relu(x, out, n),
  'tanh gradient': (k, { x, y, out }) => k.tanhGrad(y, x, out, n),
  'gelu erf gradient': (k, { x, y, out }) => k.geluErfGrad(x, y, out, n),
  add: (k, { x, y, out }) => k.add(x, y, out, ...sameShape),
  'add a row': (k, { x, y, out }) => k.add(x, y, out, ...rowRight),
  'add in place': (k, { x, out }) => k.addInPlace(out, x, n),
  pow: (k, { x, y, out }) => k.pow(y, x, out, ...sameShape),
  'sum of all': (k, { x, out }) => k.sum(x, out, 1, n, 1),
  'sum of rows': (k, { x, out }) => k.sum(x, out, rows, width, 1),
  'sum of columns': (k, { x, out }) => k.sum(x, out, 1, rows, width),
  'max of rows': (k, { x, out }) => k.max(x, out, rows, width, 1),
  softmax: (k, { x, out }) => k.softmax(x, out, rows, width),
  'softmax cross-entropy': (k, { x, indices, out, out2 }) =>
    k.softmaxCrossEntropy(x, indices, 0, out2, out, rows, width),
  'layer norm': (k, { x, y, out, out2 }) =>
    k.layerNorm(x, y, y, out, out2, out2 + 4 * rows, rows, width, 1e-5),
  'philox uniform': (k, { out }) => k.philoxUniform(out, n, ...stream),
  'philox dropout': (k, { x, out }) => k.philoxDropout(x, out, n, 0.5, 2, ...stream),
  'gather rows': (k, { x, indices, out }) => k.gatherRows(x, indices, out, rows, width),
  'scatter-add rows': (k, { x, indices, out }) => k.scatterAddRows(x, indices, out, rows, width),
  transpose: (k, { x, out }) => k.transpose(x, out, 1, rows, width),
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false } },
});
const turns = values.quick ? 2 : 12;
const builds = await Promise.all(
  buildNames().map(async (name) => ({ name, ...(await load(name)) })),
);
const reference = await load('reference');

console.log(`${'ns an element'.padEnd(24)}${builds.map(({ name }) => name.padStart(10)).join('')}`);
for (const [name, subject] of Object.entries(subjects)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  for (const build of builds) check(name, subject, build);
  const times = builds.map(() => Number.POSITIVE_INFINITY);
  for (let turn = 0; turn < turns; turn++) {
    for (const [i, build] of builds.entries()) {
      times[i] = Math.min(times[i] ?? 0, time(subject, build));
    }
  }
  console.log(`${name.padEnd(24)}${times.map((t) => t.toFixed(3).padStart(10)).join('')}`);
}

interface Loaded {
  kernels: Kernels;
  memory: WebAssembly.Memory;
  operands: Operands;
}

function buildNames(): string[] {
  const simd = availableBuilds().filter((build) => build !== 'reference');
  return [...simd.toReversed(), ...(hasWideMode() ? ['wide'] : [])];
}

/** A build over a heap of its own, with the operands in it. */
async function load(name: string): Promise<Loaded> {
  const memory = new WebAssembly.Memory({ initial: 8 });
  const wide = name === 'wide';
  const build = name === 'simd' || name === 'relaxed' || name === 'reference' ? name : 'relaxed';
  const { kernels } = await loadKernels({ memory, allocate: () => 1024, build, wide });
  const start = 65536;
  const [x, y, out, out2, indices] = [0, 1, 2, 3, 4].map((i) => start + 4 * n * i);
  if (!x || !y || !out || !out2 || !indices) throw new Error('elementwise.bench: no operands.');
  new Float32Array(memory.buffer, x, n).set(filled((i) => 4 * Math.cos(i)));
  new Float32Array(memory.buffer, y, n).set(filled((i) => 0.5 + 0.49 * Math.sin(i)));
  new Int32Array(memory.buffer, indices, rows).set(filled((i) => (i * 7) % rows).subarray(0, rows));
  return { kernels, memory, operands: { x, y, out, out2, indices } };
}

function filled(value: (i: number) => number): Float32Array {
  return Float32Array.from({ length: n }, (_, i) => value(i));
}

/** Nanoseconds an element, over a few milliseconds. */
function time(subject: Subject, { kernels, operands }: Loaded): number {
  const repeats = values.quick ? 20 : 200;
  const start = performance.now();
  for (let i = 0; i < repeats; i++) subject(kernels, operands);
  return ((performance.now() - start) * 1e6) / repeats / n;
}

/** Compares the outputs with those of the scalar reference, from equal contents. */
function check(name: string, subject: Subject, build: Loaded): void {
  const [got, want] = [build, reference].map(({ kernels, memory, operands }) => {
    new Float32Array(memory.buffer, operands.out, 2 * n).fill(0);
    subject(kernels, operands);
    return new Float32Array(memory.buffer.slice(operands.out, operands.out + 8 * n));
  });
  const wrong = got?.findIndex((value, i) => {
    const expected = want?.[i] ?? Number.NaN;
    return !(Math.abs(value - expected) <= 1e-4 * Math.max(1, Math.abs(expected)));
  });
  if (wrong === undefined || wrong < 0) return;
  throw new Error(`${name}: element ${wrong} must be ${want?.[wrong]}, got ${got?.[wrong]}.`);
}
