// SPDX-License-Identifier: Apache-2.0
// The backward of whole sequences against central differences of the float64 reference, gradients of the weights
// included, which the caller makes from what the kernels leave.

import { describe, expect, test } from 'vitest';
import { Float64Heap } from './float64-heap-testing.ts';
import { type TestedCell, testedCells } from './sequence-cells-testing.ts';
import { type Laid, layOut, placeIn, type SequenceCase } from './sequence-testing.ts';
import { createTestHeap, forEachBuild } from './testing.ts';

const sizes = { steps: 4, batch: 3, units: 5 };
const cases: readonly (readonly [string, Partial<SequenceCase>])[] = [
  ['plain', {}],
  ['an initial state', { initial: true }],
  ['reversed', { initial: true, reverse: true }],
  ['a shared state mask', { initial: true, stateMask: 'shared' }],
  ['state masks by row', { stateMask: 'rows' }],
  ['state masks by step', { initial: true, stateMask: 'steps', cellMask: 'shared' }],
  ['all masks by row and step', { stateMask: 'rows and steps', cellMask: 'rows and steps' }],
  ['rows that end early', { initial: true, valid: true }],
  ['repeated outputs', { initial: true, valid: true, repeatOutputs: true }],
  ['the last state alone', { initial: true, outputsGrad: false }],
  [
    'everything at once',
    {
      initial: true,
      reverse: true,
      valid: true,
      repeatOutputs: true,
      stateMask: 'rows and steps',
      cellMask: 'steps',
    },
  ],
];

/** Reads elements of either heap. */
type Read = (pointer: number, length: number) => ArrayLike<number>;

/** The loss is the outputs and final states, weighted by their incoming gradients. */
interface Gradients {
  readonly projections: number[];
  readonly recurrentKernel: number[];
  readonly recurrentBias: number[];
  readonly initialState: number[];
  readonly initialCell: number[];
}

describe.each(testedCells)('%s sequence, d(loss)', (_, cell) => {
  test.each(cases)('of the reference within 1e-8 of central differences: %s', (_name, option) => {
    const { heap, laid, wanted } = differences(cell, { ...sizes, ...option });
    cell.over(heap).forward(laid.at);
    cell.over(heap).backward(laid.at);
    expectClose(
      collected(cell, laid, (pointer, length) => heap.read(pointer, length)),
      wanted,
      1e-8,
    );
  });

  forEachBuild('by the kernels', (build) => {
    test.each(cases)('within 3e-6 of central differences: %s', async (_name, option) => {
      const { wanted } = differences(cell, { ...sizes, ...option });
      const heap = await createTestHeap(build, 4);
      const placer = placeIn(heap, (batch, units) => cell.workspace(heap.kernels, batch, units));
      const laid = layOut(cell, withVariant(cell, { ...sizes, ...option }), placer);
      cell.of(heap.kernels).forward(laid.at);
      cell.of(heap.kernels).backward(laid.at);
      const got = collected(cell, laid, (pointer, length) => heap.floats(pointer, length));
      expectClose(got, wanted, 3e-6);
    });
  });
});

const known = new Map<string, Gradients>();

/** A problem in a heap of doubles, before any kernel has run, and its gradients by differences. */
function differences(cell: TestedCell, test: SequenceCase) {
  const key = JSON.stringify([testedCells.findIndex(([, each]) => each === cell), test]);
  const heap = new Float64Heap();
  const laid = layOut(cell, withVariant(cell, test), heap);
  const wanted = known.get(key) ?? gradientsByDifferences(cell, heap, laid);
  known.set(key, wanted);
  return { heap, laid, wanted };
}

function gradientsByDifferences(cell: TestedCell, heap: Float64Heap, laid: Laid): Gradients {
  const { s } = laid;
  const start = heap.snapshot();
  const loss = () => {
    cell.over(heap).forward(laid.at);
    const value = lossOf(cell, laid, heap);
    heap.restore(start);
    return value;
  };
  const by = (pointer: number, length: number) =>
    Array.from({ length: pointer === 0 ? 0 : length }, (_, i) => {
      const at = heap.floats(pointer);
      const [value, step] = [at.get(i), 1e-5];
      at.set(i, value + step);
      const above = lossFrom(heap, loss, pointer, i, value + step);
      const below = lossFrom(heap, loss, pointer, i, value - step);
      at.set(i, value);
      return (above - below) / (2 * step);
    });
  const state = s.batch * s.units;
  return {
    projections: by(s.projections, cell.gates * s.steps * state),
    recurrentKernel: by(s.recurrentKernel, cell.gates * s.units * s.units),
    recurrentBias: by(s.recurrentBias, cell.gates * s.units),
    initialState: by(s.initialState, state),
    initialCell: by(s.initialCell, state),
  };
}

function lossFrom(
  heap: Float64Heap,
  loss: () => number,
  pointer: number,
  index: number,
  value: number,
): number {
  heap.floats(pointer).set(index, value);
  return loss();
}

function lossOf(cell: TestedCell, { s }: Laid, heap: Float64Heap): number {
  const state = s.batch * s.units;
  const last = 4 * (s.reverse ? 0 : s.steps * state);
  const weighted = (values: number, weights: number, length: number) =>
    weights === 0 ? 0 : dot(heap.read(values, length), heap.read(weights, length));
  return (
    weighted(s.outputs, s.outputsGrad, s.steps * state) +
    weighted(s.states + last, s.stateGrad, state) +
    (cell.hasCells ? weighted(s.cells + last, s.cellGrad, state) : 0)
  );
}

/** The gradients as a caller makes them: what the kernels return, and one product for each weight. */
function collected(cell: TestedCell, { s }: Laid, read: Read): Gradients {
  const { units, steps, batch } = s;
  const rows = steps * batch;
  const before = read(s.states + (s.reverse ? 4 * batch * units : 0), rows * units);
  const dz = read(s.projectionsGrad, rows * cell.gates * units);
  // The states that the GRU's candidate is multiplied with, and the gradient of that product.
  const reset = cell.hasCandidates && !s.variant;
  const candidates = reset ? read(s.candidates, rows * units) : before;
  const dn = cell.hasCandidates && s.variant ? read(s.candidatesGrad, rows * units) : null;
  const width = cell.gates * units;
  const gradAt = (row: number, j: number) => {
    const ofCandidate = dn !== null && j >= 2 * units;
    return ofCandidate ? dn[row * units + j - 2 * units] : dz[row * width + j];
  };
  const summed = (term: (row: number) => number) =>
    sum(Array.from({ length: rows }, (_, i) => term(i)));
  const kernel = Array.from({ length: units * width }, (_, at) => {
    const [i, j] = [Math.floor(at / width), at % width];
    const source = cell.hasCandidates && j >= 2 * units ? candidates : before;
    return summed((row) => (source[row * units + i] ?? 0) * (gradAt(row, j) ?? 0));
  });
  const bias = Array.from({ length: width }, (_, j) => summed((row) => gradAt(row, j) ?? 0));
  return {
    projections: Array.from(dz),
    recurrentKernel: kernel,
    recurrentBias: s.recurrentBias === 0 ? [] : bias,
    initialState: s.initialState === 0 ? [] : Array.from(read(s.stateGrad, batch * units)),
    initialCell: s.initialCell === 0 ? [] : Array.from(read(s.cellGrad, batch * units)),
  };
}

function expectClose(got: Gradients, wanted: Gradients, bound: number): void {
  for (const name of Object.keys(wanted) as (keyof Gradients)[]) {
    expect(got[name].length, name).toBe(wanted[name].length);
    for (const [i, value] of wanted[name].entries()) {
      const received = got[name][i] ?? Number.NaN;
      if (Math.abs(received - value) <= bound * Math.max(1, Math.abs(value))) continue;
      expect.fail(`${name}[${i}] is ${received}, must be ${value}`);
    }
  }
}

function withVariant({ variant, recurrentBias }: TestedCell, test: SequenceCase): SequenceCase {
  return { ...test, variant, recurrentBias };
}

function dot(a: Float64Array, b: Float64Array): number {
  return sum(Array.from(a, (value, i) => value * (b[i] ?? 0)));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
