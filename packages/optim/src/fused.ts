// SPDX-License-Identifier: Apache-2.0
import {
  argumentMessage,
  DTypeError,
  type Gradient,
  IndexedSlices,
  type Parameter,
  type Tensor,
} from '@tapeloop/core';
import { kernels, momentumStep, type UpdateBuffers } from '@tapeloop/core/kernels';
import type { UpdatePart } from './slots.ts';

/** A part whose update is added to the parameter at once, of the gradient times a factor. */
export interface FusedPart extends Omit<UpdatePart, 'update'> {
  /** What it is added to: the parameter's value, or a copy of the rows that the gradient is for. */
  readonly value: Tensor;
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
export function updateBuffers(
  op: string,
  { gradient, update }: UpdatePart,
): Required<UpdateBuffers> {
  const out = pointerOf(op, update);
  return { parameter: 0, gradient: pointerOf(op, gradient), out, size: update.size };
}

/** Buffers of a kernel that adds the update to the parameter. */
export function parameterBuffers(
  op: string,
  { value, gradient }: FusedPart,
): Required<UpdateBuffers> {
  const parameter = pointerOf(op, value);
  return { parameter, gradient: pointerOf(op, gradient), out: parameter, size: value.size };
}

/** `update ← factor · gradient`. */
export function scaleInto(op: string, part: UpdatePart, factor: number): void {
  momentumStep(kernels(), updateBuffers(op, part), { learningRate: -factor });
}

/** `parameter ← parameter + update`; of slices, whose rows differ, those rows. */
export function addTo(op: string, parameter: Parameter, update: Gradient): void {
  parameter.update(() => {
    if (update instanceof IndexedSlices) addRows(op, parameter.value, update);
    else addAll(op, parameter.value, update);
  });
}

function addAll(op: string, value: Tensor, update: Tensor): void {
  const [parameter, gradient] = [pointerOf(op, value), pointerOf(op, update)];
  momentumStep(kernels(), { parameter, gradient, size: value.size }, { learningRate: -1 });
}

function addRows(op: string, table: Tensor, { values, indices }: IndexedSlices): void {
  if (values.size === 0) return;
  const [from, to] = [pointerOf(op, values), pointerOf(op, table)];
  const width = values.size / indices.size;
  kernels().scatterAddRows(from, indices.pointer, to, indices.size, width);
}

/** `Σ x²` in float64. */
export function sumOfSquares(op: string, tensor: Tensor): number {
  return kernels().squaredNorm(pointerOf(op, tensor), tensor.size);
}
