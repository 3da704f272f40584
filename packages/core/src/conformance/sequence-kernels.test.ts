// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type SequenceArguments, sequenceFields } from '../kernels/sequence-arguments.ts';
import { type TestedCell, testedCells } from '../kernels/sequence-cells-testing.ts';
import { createTestHeap, forEachBuild, type TestHeap } from '../kernels/testing.ts';

interface Values {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** A case of `conformance/pytorch/sequences.py`, whose opening comment states the loss. */
interface Case {
  readonly inputs: Readonly<Record<string, Values>>;
  readonly outputs: Readonly<Record<string, Values>>;
  readonly gradients: Readonly<Record<string, Values>>;
}

const file = new URL('../../../../conformance/pytorch/sequences.json', import.meta.url);
const golden: Record<string, Case> = JSON.parse(readFileSync(file, 'utf8'));
const cases = [
  ['LSTM', 'LSTM', 0],
  ['LSTM reversed', 'LSTM', 1],
  ['GRU', 'GRU, reset after', 0],
  ['simple RNN tanh', 'simple RNN, tanh', 0],
  ['simple RNN relu', 'simple RNN, relu', 0],
] as const;

forEachBuild("PyTorch's sequences in double precision", (build) => {
  test.each(cases)(
    '%s: values and gradients to 2e-6 of the largest',
    async (name, cellName, reverse) => {
      const { inputs, outputs, gradients } = found(golden[name]);
      const cell = found(testedCells.find(([each]) => each === cellName))[1];
      const heap = await createTestHeap(build, 2);
      const { at, s } = laidOut(heap, cell, inputs, reverse);
      const state = s.batch * s.units;
      const last = 4 * (reverse ? 0 : s.steps * state);
      const pair = cell.of(heap.kernels);
      pair.forward(at);
      const before = heap.floats(s.states + (reverse ? 4 * state : 0), s.steps * state);
      expectClose(heap.floats(s.outputs, s.steps * state), outputs['y']);
      expectClose(heap.floats(s.states + last, state), outputs['h']);
      if (cell.hasCells) expectClose(heap.floats(s.cells + last, state), outputs['c']);

      pair.backward(at);
      const [rows, width] = [s.steps * s.batch, cell.gates * s.units];
      const dz = heap.floats(s.projectionsGrad, rows * width);
      expectClose(heap.floats(s.stateGrad, state), gradients['h']);
      if (cell.hasCells) expectClose(heap.floats(s.cellGrad, state), gradients['c']);
      const [x, kernel] = [found(inputs['x']), found(inputs['kernel'])];
      const features = found(x.shape[2]);
      expectClose(product(transposed(x.values, features), dz, features, rows), gradients['kernel']);
      const back = product(dz, transposed(kernel.values, width), rows, width);
      expectClose(back, gradients['x']);
      const recurrent = cell.hasCandidates
        ? withCandidates(dz, heap.floats(s.candidatesGrad, rows * s.units), s.units)
        : dz;
      const ofKernel = product(transposed(before, s.units), recurrent, s.units, rows);
      expectClose(ofKernel, gradients['recurrentKernel']);
      const biases = cell.hasCandidates ? [dz, recurrent] : [dz];
      expectClose(
        biases.flatMap((each) => product(new Array(rows).fill(1), each, 1, rows)),
        gradients['bias'],
      );
    },
  );
});

function laidOut(heap: TestHeap, cell: TestedCell, inputs: Case['inputs'], reverse: number) {
  const [x, kernel, bias] = [found(inputs['x']), found(inputs['kernel']), found(inputs['bias'])];
  const [steps = 0, batch = 0, features = 0] = x.shape;
  const [, units = 0] = found(inputs['h']).shape;
  const [state, width] = [batch * units, cell.gates * units];
  const product0 = product(x.values, kernel.values, steps * batch, features);
  const projections = heap.output(
    product0.map((value, i) => value + found(bias.values[i % width])),
  );
  const candidates = cell.hasCandidates ? heap.output(steps * state) : 0;
  const s: SequenceArguments = {
    steps,
    batch,
    units,
    reverse,
    variant: cell.variant,
    projections,
    recurrentKernel: heap.input(found(inputs['recurrentKernel']).values),
    recurrentBias: cell.hasCandidates ? heap.input(bias.values.slice(width)) : 0,
    initialState: heap.input(found(inputs['h']).values),
    initialCell: cell.hasCells ? heap.input(found(inputs['c']).values) : 0,
    states: heap.output((steps + 1) * state),
    cells: cell.hasCells ? heap.output((steps + 1) * state) : 0,
    candidates,
    outputs: heap.output(steps * state),
    stateMask: 0,
    stateMaskStep: 0,
    stateMaskRow: 0,
    cellMask: 0,
    cellMaskStep: 0,
    cellMaskRow: 0,
    valid: 0,
    repeatOutputs: 0,
    outputsGrad: heap.input(recipe(steps * state, 40)),
    stateGrad: heap.output(recipe(state, 41)),
    cellGrad: cell.hasCells ? heap.output(recipe(state, 42)) : 0,
    projectionsGrad: projections,
    candidatesGrad: candidates,
    workspace: heap.workspace(cell.workspace(heap.kernels, batch, units)),
  };
  return { at: heap.inputInts(sequenceFields.map((field) => s[field])), s };
}

/** The script's `recipe(shape, 1, offset)`. */
function recipe(length: number, offset: number): number[] {
  return Array.from({ length }, (_, i) => Math.cos(offset + i + (i * i) / 7));
}

/** A[m, k] · B[k, n]. */
function product(a: ArrayLike<number>, b: ArrayLike<number>, m: number, k: number): number[] {
  const n = b.length / k;
  return Array.from({ length: m * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    let sum = 0;
    for (let p = 0; p < k; p++) sum += (a[i * k + p] ?? 0) * (b[p * n + j] ?? 0);
    return sum;
  });
}

function transposed(matrix: ArrayLike<number>, columns: number): number[] {
  const rows = matrix.length / columns;
  return Array.from(matrix, (_, at) => matrix[(at % rows) * columns + Math.floor(at / rows)] ?? 0);
}

/** The gradient of the recurrent product: `dz` with the candidate's part replaced. */
function withCandidates(dz: Float32Array, dn: Float32Array, units: number): number[] {
  return Array.from(dz, (value, i) => {
    const [row, j] = [Math.floor(i / (3 * units)), i % (3 * units)];
    return j < 2 * units ? value : (dn[row * units + j - 2 * units] ?? 0);
  });
}

function expectClose(got: ArrayLike<number>, want: Values | undefined): void {
  const { values } = found(want);
  const largest = Math.max(...values.map(Math.abs));
  expect(got.length).toBe(values.length);
  for (const [i, value] of values.entries()) {
    const received = got[i] ?? Number.NaN;
    if (!(Math.abs(received - value) <= 2e-6 * largest)) {
      expect.fail(`element ${i} is ${received}, must be ${value}`);
    }
  }
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the golden has another name');
  return value;
}
