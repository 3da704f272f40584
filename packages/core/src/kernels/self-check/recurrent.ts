// SPDX-License-Identifier: Apache-2.0

import type { Kernels } from '../kernels.ts';
import type { GruKernels } from '../reference/gru.ts';
import type { GruSequenceKernels } from '../reference/gru-sequence.ts';
import type { LstmKernels } from '../reference/lstm.ts';
import type { LstmSequenceKernels } from '../reference/lstm-sequence.ts';
import type { SimpleRnnKernels } from '../reference/simple-rnn.ts';
import { type SequenceArguments, sequenceFields } from '../sequence-arguments.ts';
import { type CheckHeap, type KernelCheck, rounding, waves } from './check-heap.ts';

const [rows, units] = [2, 55];
const cells = rows * units;
const bound = 3 * rounding;

/** The checks of recurrent steps and sequences. A workspace is checked by a sequence that uses it. */
export const recurrentChecks: Record<
  | keyof LstmKernels
  | keyof LstmSequenceKernels
  | keyof GruKernels
  | keyof GruSequenceKernels
  | keyof SimpleRnnKernels,
  KernelCheck
> = {
  lstmGates: (heap) => {
    const [z, before] = [heap.output(waves(4 * cells, 4), bound), heap.floats(waves(cells, 2))];
    const [c, h] = [heap.output(cells, bound), heap.output(cells, bound)];
    return (k) => k.lstmGates(rows, units, z, before, c, h);
  },
  lstmGatesGrad: (heap) => {
    const [gates, before] = [heap.floats(positive(4 * cells)), heap.floats(waves(cells, 2))];
    const [dy, dh] = [heap.floats(waves(cells, 1, 1)), heap.floats(waves(cells, 1, 2))];
    const dc = heap.output(waves(cells, 1, 3), bound);
    const [dz, last] = [heap.output(4 * cells, bound), heap.output(4 * cells, bound)];
    return (k) => {
      k.lstmGatesGrad(rows, units, gates, before, dy, dh, dc, dz, dc);
      k.lstmGatesGrad(rows, units, gates, before, 0, dh, 0, last, dc);
    };
  },
  ...sequenceChecks('lstm', [0]),

  gruGates: (heap) => {
    const gates = heap.output(waves(3 * cells, 4), bound);
    const [n, before] = [heap.floats(waves(cells, 1, 1)), heap.floats(waves(cells, 1, 2))];
    const h = heap.output(cells, bound);
    return (k) => k.gruGates(rows, units, gates, n, before, h);
  },
  gruGatesGrad: (heap) => {
    const [gates, n] = [heap.floats(positive(3 * cells)), heap.floats(waves(cells, 1, 1))];
    const [before, dy] = [heap.floats(waves(cells, 1, 2)), heap.floats(waves(cells, 1, 3))];
    const dh = heap.output(waves(cells, 1, 4), bound);
    const [dz, dn] = [heap.output(3 * cells, bound), heap.output(cells, bound)];
    return (k) => k.gruGatesGrad(rows, units, gates, n, before, dy, dh, dz, dn, dh);
  },
  gruResetGates: (heap) => {
    const gates = heap.output(waves(3 * cells, 4), bound);
    const [before, reset] = [heap.floats(waves(cells, 1, 2)), heap.output(cells, bound)];
    return (k) => k.gruResetGates(rows, units, gates, before, reset);
  },
  gruCandidate: (heap) => {
    const gates = heap.output(waves(3 * cells), bound);
    const [before, h] = [heap.floats(waves(cells, 1, 2)), heap.output(cells, bound)];
    return (k) => k.gruCandidate(rows, units, gates, before, h);
  },
  gruCandidateGrad: (heap) => {
    const [gates, before] = [heap.floats(positive(3 * cells)), heap.floats(waves(cells, 1, 2))];
    const [dy, dh] = [heap.floats(waves(cells, 1, 3)), heap.floats(waves(cells, 1, 4))];
    const [dz, dhBefore] = [heap.output(3 * cells, bound), heap.output(cells, bound)];
    return (k) => k.gruCandidateGrad(rows, units, gates, before, dy, dh, dz, dhBefore);
  },
  gruResetGatesGrad: (heap) => {
    const [gates, before] = [heap.floats(positive(3 * cells)), heap.floats(waves(cells, 1, 2))];
    const dReset = heap.floats(waves(cells, 1, 3));
    const [dz, dhBefore] = [heap.output(3 * cells, bound), heap.output(waves(cells), bound)];
    return (k) => k.gruResetGatesGrad(rows, units, gates, before, dReset, dz, dhBefore);
  },
  ...sequenceChecks('gru', [0, 1]),

  simpleRnnGrad: (heap) => {
    const [y, dy] = [heap.floats(waves(cells)), heap.floats(waves(cells, 1, 1))];
    const [dh, dz] = [heap.floats(waves(cells, 1, 2)), heap.output(cells, bound)];
    const relu = heap.output(cells, bound);
    return (k) => {
      k.simpleRnnGrad(cells, 0, y, dy, dh, dz);
      k.simpleRnnGrad(cells, 1, y, dy, 0, relu);
    };
  },
  ...sequenceChecks('simpleRnn', [0, 1]),
};

type Cell = 'lstm' | 'gru' | 'simpleRnn';
type SequenceChecks<C extends Cell> = Record<
  `${C}Sequence${'Forward' | 'Backward' | 'Workspace'}`,
  KernelCheck
>;

function sequenceChecks<C extends Cell>(cell: C, variants: readonly number[]): SequenceChecks<C> {
  const forward: KernelCheck = (heap, tested) => {
    const calls = variants.map((variant) => layOut(heap, tested, cell, variant));
    return (k) => {
      for (const at of calls) k[`${cell}SequenceForward`](at);
    };
  };
  const backward: KernelCheck = (heap, tested) => {
    const calls = variants.map((variant) => layOut(heap, tested, cell, variant));
    return (k) => {
      for (const at of calls) k[`${cell}SequenceBackward`](at);
    };
  };
  const checks = {
    [`${cell}SequenceForward`]: forward,
    [`${cell}SequenceBackward`]: backward,
    [`${cell}SequenceWorkspace`]: forward,
  };
  return checks as SequenceChecks<C>;
}

/** A sequence of three steps; the backward pass takes the numbers there for activated gates. */
function layOut(heap: CheckHeap, tested: Kernels, cell: Cell, variant: number): number {
  const [steps, batch, width] = [3, 7, 19];
  const state = batch * width;
  const gates = { lstm: 4, gru: 3, simpleRnn: 1 }[cell];
  const kernelSize = gates * width * width;
  const workspace = heap.workspace(tested[`${cell}SequenceWorkspace`](batch, width));
  const outputs = heap.output(waves(steps * state, 0.9, 8), bound);
  const values: SequenceArguments = {
    steps,
    batch,
    units: width,
    reverse: 1,
    variant,
    // A simple network leaves sums of no use there, so its projections are its outputs.
    projections: gates === 1 ? outputs : heap.output(positive(steps * state * gates), bound),
    recurrentKernel: heap.floats(waves(kernelSize, 0.4, 1)),
    recurrentBias: variant === 1 ? heap.floats(waves(gates * width, 0.3, 2)) : 0,
    initialState: heap.floats(waves(state, 0.8, 3)),
    initialCell: heap.floats(waves(state, 0.8, 4)),
    states: heap.output(waves((steps + 1) * state, 0.8, 5), bound),
    cells: cell === 'lstm' ? heap.output(waves((steps + 1) * state, 1, 6), bound) : 0,
    candidates: cell === 'gru' ? heap.output(waves(steps * state, 1, 7), bound) : 0,
    outputs,
    stateMask: heap.floats(waves(width, 1.5, 9)),
    stateMaskStep: 0,
    stateMaskRow: 0,
    cellMask: cell === 'lstm' ? heap.floats(waves(steps * state, 1.2, 10)) : 0,
    cellMaskStep: state,
    cellMaskRow: width,
    valid: 0,
    repeatOutputs: 0,
    outputsGrad: heap.floats(waves(steps * state, 1, 11)),
    stateGrad: heap.output(waves(state, 1, 12), bound),
    cellGrad: cell === 'lstm' ? heap.output(waves(state, 1, 13), bound) : 0,
    projectionsGrad: heap.output(steps * state * gates, bound),
    candidatesGrad: cell === 'gru' ? heap.output(steps * state, bound) : 0,
    workspace,
  };
  return heap.ints(sequenceFields.map((name) => values[name]));
}

/** Numbers between 0 and 1, which do for activated gates of every kind. */
function positive(length: number): Float32Array {
  return waves(length).map((value) => (1 + value) / 2);
}
