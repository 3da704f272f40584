// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, DTypeError, type Parameter, type Tensor } from '@tapeloop/core';
import { kernels, momentumStep, type UpdateBuffers } from '@tapeloop/core/kernels';
import type { UpdatePart } from './slots.ts';

/** A part whose update is added to the parameter at once, of the gradient times a factor. */
export interface FusedPart extends Omit<UpdatePart, 'update'> {
  readonly gradientScale: number;
}

/** The address of a float32 tensor's elements, until the next allocation. */
export function pointerOf(op: string, tensor: Tensor): number {
  if (tensor.dtype === 'float32') return tensor.pointer;
  throw new DTypeError(
    argumentMessage({ op, argument: 'tensor', expected: 'float32', received: tensor.dtype }),
  );
}

/** Buffers of a kernel that writes the update. */
export function updateBuffers(op: string, { gradient, update }: UpdatePart): UpdateBuffers {
  const out = pointerOf(op, update);
  return { parameter: 0, gradient: pointerOf(op, gradient), out, size: update.size };
}

/** Buffers of a kernel that adds the update to the parameter. */
export function parameterBuffers(op: string, { parameter, gradient }: FusedPart): UpdateBuffers {
  const { value, size } = parameter;
  return { parameter: pointerOf(op, value), gradient: pointerOf(op, gradient), size };
}

/** `update ← factor · gradient`. */
export function scaleInto(op: string, part: UpdatePart, factor: number): void {
  momentumStep(kernels(), updateBuffers(op, part), { learningRate: -factor });
}

/** `parameter ← parameter + update`. */
export function addTo(op: string, parameter: Parameter, update: Tensor): void {
  const buffers = parameterBuffers(op, { parameter, gradient: update, gradientScale: 1 });
  parameter.update(() => momentumStep(kernels(), buffers, { learningRate: -1 }));
}

/** `Σ x²` in float64. */
export function sumOfSquares(op: string, tensor: Tensor): number {
  return kernels().squaredNorm(pointerOf(op, tensor), tensor.size);
}
