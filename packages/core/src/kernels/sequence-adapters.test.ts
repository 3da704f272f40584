// SPDX-License-Identifier: Apache-2.0

import { describe, expect, test } from 'vitest';
import { ShapeError, ValueError } from '../errors.ts';
import { gruBackward, gruForward } from './gru.ts';
import { lstmBackward, lstmForward } from './lstm.ts';
import { type RecurrentSequence, type StateMask, sequenceLayout } from './sequence.ts';
import type { SequenceArguments } from './sequence-arguments.ts';
import { type TestedCell, testedCells } from './sequence-cells-testing.ts';
import { layOut, type MaskKind, placeIn, type SequenceCase } from './sequence-testing.ts';
import { simpleRnnBackward, simpleRnnForward } from './simple-rnn.ts';
import { bitsOf, createTestHeap, forEachBuild, type TestHeap } from './testing.ts';

const sizes = { steps: 4, batch: 3, units: 5 };
const cases: readonly (readonly [string, Partial<SequenceCase>])[] = [
  ['plain', {}],
  ['initial states', { initial: true }],
  ['backwards', { initial: true, reverse: true }],
  ['a shared mask', { stateMask: 'shared', cellMask: 'rows' }],
  ['masks by row', { stateMask: 'rows', cellMask: 'steps' }],
  ['masks by step', { stateMask: 'steps', cellMask: 'rows and steps' }],
  ['masks by row and step', { stateMask: 'rows and steps', cellMask: 'shared' }],
  ['skipped steps', { valid: true }],
  ['skipped steps that repeat', { valid: true, repeatOutputs: true }],
  ['outputs in the states', { sharedOutputs: true }],
  ['outputs in reversed states', { sharedOutputs: true, reverse: true }],
];

describe.each(testedCells)('adapters of the %s sequence', (_, cell) => {
  forEachBuild('kernels', (build) => {
    test.each(cases)('%s: the same bits as by the kernels themselves', async (_name, option) => {
      const problem = {
        ...sizes,
        ...option,
        variant: cell.variant,
        recurrentBias: cell.recurrentBias,
      };
      const results = [false, true].map(async (byAdapter) => {
        const heap = await createTestHeap(build, 4);
        const placer = placeIn(heap, (batch, units) => cell.workspace(heap.kernels, batch, units));
        const { at, s } = layOut(cell, problem, placer);
        const scratch = (bytes: number) => heap.workspace(bytes);
        const pair = byAdapter ? adapted(cell, heap, problem, s, scratch) : cell.of(heap.kernels);
        pair.forward(at);
        const forward = bitsOf(heap.floats(s.outputs, 60));
        pair.backward(at);
        const grads = bitsOf(heap.floats(s.projectionsGrad, 60 * cell.gates));
        return {
          forward,
          grads,
          state: problem.initial ? bitsOf(heap.floats(s.stateGrad, 15)) : null,
        };
      });
      const [direct, byAdapter] = await Promise.all(results);
      expect(byAdapter).toEqual(direct);
    });
  });
});

test('sequenceLayout counts elements, forward and backwards', () => {
  expect(sequenceLayout(sizes)).toEqual({ size: 75, before: 0, after: 15, final: 60 });
  const backwards = sequenceLayout({ ...sizes, goBackwards: true });
  expect(backwards).toEqual({ size: 75, before: 15, after: 0, final: 0 });
});

forEachBuild('adapters', (build) => {
  test('bad arguments throw before anything is taken', async () => {
    const heap = await createTestHeap(build, 1);
    const scratch = () => expect.fail('scratch was taken');
    const call = (change: Partial<RecurrentSequence>) => () =>
      simpleRnnForward(heap.kernels, heap.memory, scratch, {
        ...sizes,
        projections: 0,
        recurrentKernel: 0,
        states: 0,
        ...change,
      });
    expect(call({ steps: 0 })).toThrow(ShapeError);
    expect(call({ batch: 2.5 })).toThrow('simpleRnnForward: batch must be a whole number above 0');
    expect(call({ stateMask: { pointer: 16 } })).toThrow(ValueError);
    expect(call({ valid: { pointer: 16 } })).toThrow('outputs must be an address');
  });
});

function adapted(
  cell: TestedCell,
  heap: TestHeap,
  problem: SequenceCase,
  s: SequenceArguments,
  scratch: (bytes: number) => number,
) {
  const { kernels, memory } = heap;
  const sequence = {
    ...sizes,
    goBackwards: problem.reverse ?? false,
    projections: s.projections,
    recurrentKernel: s.recurrentKernel,
    initialState: s.initialState || undefined,
    states: s.states,
    outputs: problem.sharedOutputs ? undefined : s.outputs,
    stateMask: maskOf(problem.stateMask, s.stateMask),
    valid: s.valid
      ? { pointer: s.valid, repeatOutputs: problem.repeatOutputs ?? false }
      : undefined,
  };
  const gradients = {
    outputs: s.outputsGrad,
    state: s.stateGrad,
    projections: s.projectionsGrad,
    candidates: s.candidatesGrad,
    cell: s.cellGrad,
  };
  if (cell.hasCells) {
    const cellMask = maskOf(problem.cellMask, s.cellMask);
    const lstm = { ...sequence, initialCell: s.initialCell, cells: s.cells, cellMask };
    return {
      forward: () => lstmForward(kernels, memory, scratch, lstm),
      backward: () => lstmBackward(kernels, memory, scratch, lstm, gradients),
    };
  }
  if (cell.hasCandidates) {
    const { candidates, recurrentBias } = s;
    const gru = { ...sequence, resetAfter: cell.variant === 1, candidates, recurrentBias };
    return {
      forward: () => gruForward(kernels, memory, scratch, gru),
      backward: () => gruBackward(kernels, memory, scratch, gru, gradients),
    };
  }
  const activation = cell.variant === 1 ? ('relu' as const) : ('tanh' as const);
  const simple = { ...sequence, activation };
  return {
    forward: () => simpleRnnForward(kernels, memory, scratch, simple),
    backward: () => simpleRnnBackward(kernels, memory, scratch, simple, gradients),
  };
}

function maskOf(kind: MaskKind = 'none', pointer: number): StateMask | undefined {
  if (kind === 'none') return undefined;
  return { pointer, perStep: kind.includes('steps'), perExample: kind.includes('rows') };
}
