// SPDX-License-Identifier: Apache-2.0

import type { Scratch } from './gemm.ts';
import type { Kernels } from './kernels.ts';
import {
  callSequence,
  type KernelMemory,
  maskStep,
  type RecurrentGradients,
  type RecurrentSequence,
  type StateMask,
  sequenceArguments,
} from './sequence.ts';
import type { SequenceArguments } from './sequence-arguments.ts';

/** An LSTM over a sequence: 4 gates, in the order input, forget, candidate, output. */
export interface LstmSequence extends RecurrentSequence {
  /** [B, U]; default zeros. */
  readonly initialCell?: number | undefined;
  /** Result [T + 1, B, U]: the cell states, laid out as the states. */
  readonly cells: number;
  readonly cellMask?: StateMask | undefined;
}

/** The gradients of an LSTM over a sequence. */
export interface LstmGradients extends RecurrentGradients {
  /** [B, U]. In: the gradient of the final cell state. Out: that of the initial one, if there is one. */
  readonly cell: number;
}

/**
 * Runs all steps of an LSTM, from projections that one product has already computed:
 *
 * ```
 * z = projections_t + h · recurrentKernel      i, f, o = σ(z)    g = tanh(z)
 * c' = f ⊙ c + i ⊙ g       output = o ⊙ tanh(c')
 * h = stateMask ⊙ output   c = cellMask ⊙ c'
 * ```
 *
 * Leaves in `projections` the activated gates, which `lstmBackward` needs, with the cells and masks;
 * the recurrent kernel's gradient needs the states.
 *
 * @param scratch gives the workspace, for this call only
 * @throws ShapeError when a size is not a whole number above 0; ValueError when outputs are to share
 *   the states although masks or skipped steps make them differ.
 */
export function lstmForward(
  kernels: Kernels,
  memory: KernelMemory,
  scratch: Scratch,
  sequence: LstmSequence,
): void {
  const { lstmSequenceForward, lstmSequenceWorkspace } = kernels;
  const args = argumentsOf('lstmForward', sequence);
  callSequence(lstmSequenceForward, lstmSequenceWorkspace, memory, scratch, args);
}

/**
 * The gradients of `lstmForward` after it has run on the same arguments. What is left to the caller
 * is one product each, over all T · B rows, with dZ the gradient of the projections:
 *
 * ```
 * d(kernel) = Xᵀ · dZ     d(recurrentKernel) = Hᵀ · dZ     d(bias) = column sums of dZ     dX = dZ · kernelᵀ
 * ```
 *
 * H is the matrix at `sequenceLayout(…).before` of the states.
 *
 * @throws as `lstmForward`.
 */
export function lstmBackward(
  kernels: Kernels,
  memory: KernelMemory,
  scratch: Scratch,
  sequence: LstmSequence,
  gradients: LstmGradients,
): void {
  const { lstmSequenceBackward, lstmSequenceWorkspace } = kernels;
  const args = argumentsOf('lstmBackward', sequence, gradients);
  callSequence(lstmSequenceBackward, lstmSequenceWorkspace, memory, scratch, args);
}

function argumentsOf(
  op: string,
  sequence: LstmSequence,
  gradients?: LstmGradients,
): SequenceArguments {
  const { cellMask } = sequence;
  return {
    ...sequenceArguments(op, sequence, gradients),
    initialCell: sequence.initialCell ?? 0,
    cells: sequence.cells,
    cellMask: cellMask?.pointer ?? 0,
    cellMaskStep: maskStep(sequence, cellMask),
    cellMaskRow: cellMask?.perExample ? sequence.units : 0,
    cellGrad: gradients?.cell ?? 0,
  };
}
