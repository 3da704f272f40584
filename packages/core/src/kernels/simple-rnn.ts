// SPDX-License-Identifier: Apache-2.0

import type { Scratch } from './gemm.ts';
import type { Kernels } from './kernels.ts';
import {
  callSequence,
  type KernelMemory,
  type RecurrentGradients,
  type RecurrentSequence,
  sequenceArguments,
} from './sequence.ts';
import type { SequenceArguments } from './sequence-arguments.ts';
import { simpleRnnVariants } from './variants.ts';

/**
 * A simple recurrent network over a sequence: 1 gate, the pre-activation. Its projections may be its
 * outputs, so that nothing but the states takes memory.
 */
export interface SimpleRnnSequence extends RecurrentSequence {
  /** Default `tanh`. */
  readonly activation?: keyof typeof simpleRnnVariants;
}

/**
 * Runs all steps of a simple recurrent network, from projections that one product has already
 * computed:
 *
 * ```
 * output = activation(projections_t + h · recurrentKernel)      h = stateMask ⊙ output
 * ```
 *
 * Nothing of use is left in `projections`; `simpleRnnBackward` needs the outputs and the mask.
 *
 * @param scratch gives the workspace, for this call only
 * @throws ShapeError when a size is not a whole number above 0; ValueError when outputs are to share
 *   the states although masks or skipped steps make them differ.
 */
export function simpleRnnForward(
  kernels: Kernels,
  memory: KernelMemory,
  scratch: Scratch,
  sequence: SimpleRnnSequence,
): void {
  const { simpleRnnSequenceForward, simpleRnnSequenceWorkspace } = kernels;
  const args = argumentsOf('simpleRnnForward', sequence);
  callSequence(simpleRnnSequenceForward, simpleRnnSequenceWorkspace, memory, scratch, args);
}

/**
 * The gradients of `simpleRnnForward` after it has run on the same arguments; `projections` of the
 * gradients must not be the outputs. What is left to the caller is as for `lstmBackward`.
 *
 * @throws as `simpleRnnForward`.
 */
export function simpleRnnBackward(
  kernels: Kernels,
  memory: KernelMemory,
  scratch: Scratch,
  sequence: SimpleRnnSequence,
  gradients: RecurrentGradients,
): void {
  const { simpleRnnSequenceBackward, simpleRnnSequenceWorkspace } = kernels;
  const args = argumentsOf('simpleRnnBackward', sequence, gradients);
  callSequence(simpleRnnSequenceBackward, simpleRnnSequenceWorkspace, memory, scratch, args);
}

function argumentsOf(
  op: string,
  sequence: SimpleRnnSequence,
  gradients?: RecurrentGradients,
): SequenceArguments {
  const { activation = 'tanh' } = sequence;
  return {
    ...sequenceArguments(op, sequence, gradients),
    variant: simpleRnnVariants[activation],
  };
}
