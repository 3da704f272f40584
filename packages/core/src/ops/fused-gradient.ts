// SPDX-License-Identifier: Apache-2.0
import { kernels } from '../backend.ts';
import type { ActivationGradKernels } from '../kernels/reference/activation-grad.ts';
import { isRecording } from '../recording.ts';
import { Tensor } from '../tensor.ts';

/**
 * A gradient by one kernel in place of several ops. While an outer tape records, for a second
 * derivative, the ops are run: a kernel leaves no trace on a tape.
 *
 * @param byKernel fills its argument, a tensor like `dy`.
 */
export function fusedGradient(
  dy: Tensor,
  byKernel: (dx: Tensor) => void,
  byOps: () => Tensor,
): Tensor {
  if (isRecording()) return byOps();
  const dx = Tensor.empty(dy.shape, 'float32', 'gradient');
  byKernel(dx);
  return dx;
}

/** `fusedGradient` for an activation, from its input or output `at`. */
export function activationGradient(
  kernel: keyof ActivationGradKernels,
  at: Tensor,
  dy: Tensor,
  byOps: () => Tensor,
): Tensor {
  const run = (dx: Tensor) => kernels()[kernel](at.pointer, dy.pointer, dx.pointer, dx.size);
  return fusedGradient(dy, run, byOps);
}
