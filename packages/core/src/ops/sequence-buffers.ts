// SPDX-License-Identifier: Apache-2.0
// The tensors that the fused recurrent ops work on: how they are made and viewed, and how kernels are told of them.

import { kernels } from '../backend.ts';
import { zeros } from '../create.ts';
import { type MatrixView, multiply } from '../kernels/gemm.ts';
import { withScratch } from '../kernels/scratch.ts';
import {
  type RecurrentSequence,
  type SequenceShape,
  type StateMask,
  sequenceLayout,
} from '../kernels/sequence.ts';
import { sizeOf } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { matMul } from './mat-mul.ts';
import { reshape } from './reshape.ts';
import type { SequenceAttributes, SequenceOptions } from './sequence-inputs.ts';

/** What the kernels of every cell read and write; h is the initial state. */
export interface SequenceBuffers {
  readonly projections: Tensor;
  readonly recurrentKernel: Tensor;
  readonly h: Tensor;
  readonly states: Tensor;
  readonly outputs: Tensor;
}

type Masks = Pick<SequenceOptions, 'stateMask' | 'valid'>;

/** The arguments that the kernels of every cell have in common. */
export function recurrentSequence(
  { projections, recurrentKernel, h, states, outputs }: SequenceBuffers,
  { stateMask, valid }: Masks,
  { goBackwards, repeatOutputs }: SequenceAttributes<string>,
): RecurrentSequence {
  const shape = sequenceShape(states, goBackwards);
  return {
    ...shape,
    projections: projections.pointer,
    recurrentKernel: recurrentKernel.pointer,
    initialState: h.pointer,
    states: states.pointer,
    outputs: outputs.pointer,
    stateMask: stateMaskOf(stateMask, shape.batch),
    valid: valid && { pointer: valid.pointer, repeatOutputs },
  };
}

/** A mask as kernels take it. */
export function stateMaskOf(mask: Tensor | undefined, batch: number): StateMask | undefined {
  if (mask === undefined) return undefined;
  return {
    pointer: mask.pointer,
    perStep: mask.rank === 3,
    perExample: mask.rank >= 2 && mask.shape.at(-2) === batch && batch > 1,
  };
}

/** `inputs · kernel + bias` for all steps: one product, unrecorded. */
export function project(inputs: Tensor, kernel: Tensor, bias: Tensor | undefined): Tensor {
  const columns = kernel.shape[1] ?? 0;
  const out = Tensor.empty([...inputs.shape.slice(0, -1), columns], 'float32', 'project');
  withScratch((scratch) =>
    multiply(kernels(), scratch, matrixOf(inputs), matrixOf(kernel), matrixOf(out), {
      ...(bias === undefined ? {} : { bias: bias.pointer }),
    }),
  );
  return out;
}

/** The gradients of `project` for its inputs and its kernel; `dz` is that of its result, as rows. */
export function projectGradients(inputs: Tensor, kernel: Tensor, dz: Tensor) {
  return [
    () => reshape(matMul(dz, kernel, { transposeB: true }), inputs.shape),
    () => matMul(rowsOf(inputs), dz, { transposeA: true }),
  ] as const;
}

/** All steps of all rows as one matrix. */
export function rowsOf(x: Tensor): Tensor {
  return reshape(x, [sizeOf(x.shape.slice(0, -1)), x.shape.at(-1) ?? 1]);
}

/** Room for the states before and after every step of `inputs`: `[time + 1, batch, units]`. */
export function emptyStates(inputs: Tensor, initialState: Tensor): Tensor {
  const [time = 0] = inputs.shape;
  return Tensor.empty([time + 1, ...initialState.shape], 'float32');
}

/** The states that the steps start from, as one matrix of all rows of all steps. */
export function rowsBefore(states: Tensor, goBackwards: boolean): Tensor {
  const shape = sequenceShape(states, goBackwards);
  const { before } = sequenceLayout(shape);
  return states.shareAs([shape.steps * shape.batch, shape.units], 'states', before);
}

/** The state after the last step. */
export function lastState(states: Tensor, goBackwards: boolean): Tensor {
  const { final } = sequenceLayout(sequenceShape(states, goBackwards));
  return states.shareAs(states.shape.slice(1), 'states', final);
}

/**
 * Where outputs go: a view of the states `[time + 1, batch, units]`, unless a mask scales these or a
 * step is skipped, so that they differ.
 */
export function outputsOf(
  states: Tensor,
  { stateMask, valid }: Masks,
  goBackwards: boolean,
): Tensor {
  const shape = sequenceShape(states, goBackwards);
  const outputs = [shape.steps, shape.batch, shape.units];
  if (stateMask !== undefined || valid !== undefined) return Tensor.empty(outputs, 'float32');
  return states.shareAs(outputs, 'outputs', sequenceLayout(shape).after);
}

/** `saved` itself where a rule may write over it, else a tensor like it. */
export function overwritable(saved: Tensor, mayOverwrite: boolean): Tensor {
  const isFree = mayOverwrite && saved.storage.references === 1;
  return isFree ? saved : Tensor.empty(saved.shape, 'float32');
}

/** A copy of a gradient to write over; zeros where there is none. */
export function copyOrZeros(gradient: Tensor | null | undefined, like: Tensor): Tensor {
  return gradient ? gradient.copy('gradient') : zeros(like.shape);
}

function sequenceShape({ shape }: Tensor, goBackwards: boolean): Required<SequenceShape> {
  const [states = 1, batch = 0, units = 0] = shape;
  return { steps: states - 1, batch, units, goBackwards };
}

function matrixOf(x: Tensor): MatrixView {
  const columns = x.shape.at(-1) ?? 1;
  const rows = sizeOf(x.shape.slice(0, -1));
  return { pointer: x.pointer, rows, columns, stride: columns };
}
