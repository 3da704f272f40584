// SPDX-License-Identifier: Apache-2.0
// One recurrent layer over a sequence, forward and backward with all weight gradients: milliseconds, GFLOP/s, and how
// the time is spent.
//
//   node benchmarks/kernels/sequence.bench.ts [--quick] [build …]
//
// Units × batch × time; the inputs have as many features as there are units. `gates` is everything in the steps that is
// not a product. Every build is checked against the scalar reference before it is timed; the best of some runs counts.

import { parseArgs } from 'node:util';
import {
  type Kernels,
  type LstmSequence,
  lstmBackward,
  lstmForward,
  multiply,
  sequenceLayout,
} from '@tapeloop/core/kernels';
import { buildNamed, type MeasuredBuild, measuredBuilds, startHeap } from './heap.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false } },
});
const milliseconds = values.quick ? 50 : 1000;
const sizes = [
  { units: 128, batch: 50, steps: 50 },
  { units: 256, batch: 32, steps: 64 },
  { units: 512, batch: 32, steps: 64 },
];

const named = positionals.map(buildNamed);
for (const build of named.length > 0 ? named : measuredBuilds().toReversed()) {
  await check(build);
  for (const size of sizes) {
    const plain = await layerOn(build, size, false);
    const masked = await layerOn(build, size, true);
    const [whole, withMask, steps, gates] = bestOf([
      plain.all,
      masked.all,
      plain.steps,
      plain.gates,
    ]);
    const { units, batch, steps: time } = size;
    const operations = 6 * time * batch * units * 8 * units;
    console.log(
      `${build.padEnd(8)} ${`${units}×${batch}×${time}`.padEnd(10)} ` +
        `${whole.toFixed(2).padStart(7)} ms ${(operations / whole / 1e6).toFixed(1).padStart(6)} GFLOP/s   ` +
        `steps ${percent(steps / whole)}   gates ${percent(gates / whole)}   ` +
        `variational state mask ${percent(withMask / whole - 1)} more`,
    );
  }
}

interface Size {
  units: number;
  batch: number;
  steps: number;
}

/** A layer's parts as functions, with their results in `floats`. */
interface Layer {
  /** Projections, forward, backward, and the gradients of weights and inputs. */
  all: () => void;
  /** The whole-sequence kernels alone. */
  steps: () => void;
  /** The gates of all steps, forward and backward. */
  gates: () => void;
  results: () => Float32Array;
}

async function layerOn(build: MeasuredBuild, size: Size, masked: boolean): Promise<Layer> {
  const { units, batch, steps } = size;
  const { memory, kernels, allocate } = await startHeap(build);
  const floats = (length: number) => allocate(4 * length);
  let phase = 0;
  const waves = (length: number, scale: number) => {
    const pointer = floats(length);
    const values = new Float32Array(memory.buffer, pointer, length);
    phase++;
    for (let i = 0; i < length; i++) values[i] = scale * Math.cos(phase + i + (i * i) / 7);
    return pointer;
  };
  const scratchBytes = 1 << 18;
  const scratchStart = allocate(
    scratchBytes +
      kernels.lstmSequenceWorkspace(batch, units) +
      kernels.gemmWorkspace(1, 0, 4096, 4096, 4096),
  );
  const scratch = () => scratchStart;
  const [rows, width, state] = [steps * batch, 4 * units, batch * units];
  const layout = sequenceLayout(size);
  const [x, dy] = [waves(rows * units, 1), waves(rows * units, 1)];
  const [kernel, bias] = [waves(units * width, 1 / Math.sqrt(units)), waves(width, 0.1)];
  const mask = waves(units, 1);
  const sequence: LstmSequence = {
    ...size,
    projections: floats(rows * width),
    recurrentKernel: waves(units * width, 1 / Math.sqrt(units)),
    states: floats(layout.size),
    cells: floats(layout.size),
    outputs: masked ? floats(rows * units) : undefined,
    stateMask: masked ? { pointer: mask } : undefined,
  };
  const [dState, dCell] = [floats(state), floats(state)];
  const [dKernel, dRecurrent, dBias] = [
    floats(units * width),
    floats(units * width),
    floats(width),
  ];
  const dx = floats(rows * units);
  const z = { pointer: sequence.projections, rows, columns: width, stride: width };
  const inputs = { pointer: x, rows, columns: units, stride: units };
  const weights = { pointer: kernel, rows: units, columns: width, stride: width };
  const project = () => multiply(kernels, scratch, inputs, weights, z, { bias });
  const forward = () => lstmForward(kernels, memory, scratch, sequence);
  const backward = () => {
    new Float32Array(memory.buffer, dState, state).fill(0);
    new Float32Array(memory.buffer, dCell, state).fill(0);
    const gradients = {
      outputs: dy,
      state: dState,
      cell: dCell,
      projections: sequence.projections,
    };
    lstmBackward(kernels, memory, scratch, sequence, gradients);
  };
  const collect = () => {
    const before = { ...inputs, pointer: sequence.states + 4 * layout.before };
    const turned = (matrix: typeof inputs) => ({
      ...matrix,
      rows: matrix.columns,
      columns: matrix.rows,
      transposed: true,
    });
    multiply(kernels, scratch, turned(inputs), z, { ...weights, pointer: dKernel });
    multiply(kernels, scratch, turned(before), z, { ...weights, pointer: dRecurrent });
    multiply(kernels, scratch, z, turned(weights), { ...inputs, pointer: dx });
    kernels.sum(z.pointer, dBias, 1, rows, width);
  };
  return {
    all: () => {
      project();
      forward();
      backward();
      collect();
    },
    steps: () => {
      forward();
      backward();
    },
    gates: () => gatesOf(kernels, size, sequence, { dy, dState, dCell }),
    results: () => {
      const parts = [dx, units * rows, dRecurrent, units * width, dBias, width];
      const read = (i: number) => new Float32Array(memory.buffer, parts[i], parts[i + 1]);
      return Float32Array.from([...read(0), ...read(2), ...read(4)]);
    },
  };
}

function gatesOf(
  kernels: Kernels,
  { units, batch, steps }: Size,
  { projections, cells, states }: LstmSequence,
  { dy, dState, dCell }: { dy: number; dState: number; dCell: number },
): void {
  const bytes = 4 * batch * units;
  for (let t = 0; t < steps; t++) {
    const [z, c, h] = [projections + 4 * t * bytes, cells + t * bytes, states + (t + 1) * bytes];
    kernels.lstmGates(batch, units, z, c, c + bytes, h);
    kernels.lstmGatesGrad(batch, units, z, c, dy + t * bytes, dState, dCell, z, dCell);
  }
}

/** Compares a small layer with the scalar reference. */
async function check(build: MeasuredBuild): Promise<void> {
  for (const masked of [false, true]) {
    const size = { units: 9, batch: 7, steps: 3 };
    const [layer, reference] = [
      await layerOn(build, size, masked),
      await layerOn('reference', size, masked),
    ];
    layer.all();
    reference.all();
    const want = reference.results();
    for (const [i, value] of layer.results().entries()) {
      if (Math.abs(value - (want[i] ?? Number.NaN)) <= 1e-5) continue;
      throw new Error(`sequence.bench: ${build} must give ${want[i]} at ${i}, got ${value}.`);
    }
  }
}

/** The least time of each in milliseconds, taken in turns. */
function bestOf(subjects: readonly (() => void)[]): [number, number, number, number] {
  const best = subjects.map(() => Number.POSITIVE_INFINITY);
  const end = performance.now() + milliseconds;
  do {
    for (const [i, subject] of subjects.entries()) {
      const start = performance.now();
      subject();
      best[i] = Math.min(best[i] ?? 0, performance.now() - start);
    }
  } while (performance.now() < end);
  const [a = 0, b = 0, c = 0, d = 0] = best;
  return [a, b, c, d];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
