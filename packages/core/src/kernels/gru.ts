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

/** A GRU over a sequence: 3 gates, in the order update, reset, candidate. */
export interface GruSequence extends RecurrentSequence {
  /** The reset gate acts after the recurrent product (Keras's default, cuDNN) or before it. */
  readonly resetAfter: boolean;
  /** [3 · U], added to the recurrent products; only with `resetAfter`. Default zeros. */
  readonly recurrentBias?: number | undefined;
  /**
   * Result [T, B, U]: with `resetAfter` the candidate's recurrent product with its bias, else
   * `r ⊙ h`.
   */
  readonly candidates: number;
}

/** The gradients of a GRU over a sequence. */
export interface GruGradients extends RecurrentGradients {
  /** Result [T, B, U] with `resetAfter`: the gradient of the candidates. May be `candidates`. */
  readonly candidates?: number | undefined;
}

/**
 * Runs all steps of a GRU, from projections that one product has already computed. With R the
 * recurrent kernel, its bias b, and columns in the order z, r, g:
 *
 * ```
 * z, r = σ(projections_t + h · R_zr + b_zr)
 * g = tanh(projections_t + r ⊙ (h · R_g + b_g))      with resetAfter
 * g = tanh(projections_t + (r ⊙ h) · R_g)            else
 * output = z ⊙ h + (1 − z) ⊙ g                       h = stateMask ⊙ output
 * ```
 *
 * Leaves in `projections` the activated gates, which `gruBackward` needs, with the candidates, the
 * states and the mask.
 *
 * @param scratch gives the workspace, for this call only
 * @throws ShapeError when a size is not a whole number above 0; ValueError when outputs are to share
 *   the states although masks or skipped steps make them differ.
 */
export function gruForward(
  kernels: Kernels,
  memory: KernelMemory,
  scratch: Scratch,
  sequence: GruSequence,
): void {
  const { gruSequenceForward, gruSequenceWorkspace } = kernels;
  const args = argumentsOf('gruForward', sequence);
  callSequence(gruSequenceForward, gruSequenceWorkspace, memory, scratch, args);
}

/**
 * The gradients of `gruForward` after it has run on the same arguments. What is left to the caller
 * are products over all T · B rows, with dZ the gradient of the projections, H the matrix at
 * `sequenceLayout(…).before` of the states and N the candidates:
 *
 * ```
 * d(kernel) = Xᵀ · dZ     d(bias) = column sums of dZ     dX = dZ · kernelᵀ     dR_zr = Hᵀ · dZ_zr
 * dR_g = Hᵀ · dN, d(recurrentBias) = column sums of [dZ_zr, dN]      with resetAfter
 * dR_g = Nᵀ · dZ_g                                                   else
 * ```
 *
 * @throws as `gruForward`.
 */
export function gruBackward(
  kernels: Kernels,
  memory: KernelMemory,
  scratch: Scratch,
  sequence: GruSequence,
  gradients: GruGradients,
): void {
  const { gruSequenceBackward, gruSequenceWorkspace } = kernels;
  const args = argumentsOf('gruBackward', sequence, gradients);
  callSequence(gruSequenceBackward, gruSequenceWorkspace, memory, scratch, args);
}

function argumentsOf(
  op: string,
  sequence: GruSequence,
  gradients?: GruGradients,
): SequenceArguments {
  const { resetAfter, candidates } = sequence;
  return {
    ...sequenceArguments(op, sequence, gradients),
    variant: resetAfter ? 1 : 0,
    recurrentBias: resetAfter ? (sequence.recurrentBias ?? 0) : 0,
    candidates,
    candidatesGrad: gradients?.candidates ?? candidates,
  };
}
