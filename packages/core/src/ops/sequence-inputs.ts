// SPDX-License-Identifier: Apache-2.0
// What the fused recurrent ops share: their checks, and how optional inputs travel through the tape.

import { kernels } from '../backend.ts';
import { zeros } from '../create.ts';
import { argumentMessage, ShapeError } from '../errors.ts';
import { type MatrixView, multiply } from '../kernels/gemm.ts';
import { withScratch } from '../kernels/scratch.ts';
import { type StateMask, sequenceLayout, type ValidSteps } from '../kernels/sequence.ts';
import { type Shape, sameShape, showShape, sizeOf } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { checkTensor } from './operand.ts';
import { reshape } from './reshape.ts';

/** What every fused recurrent op takes besides its weights and initial state. */
export interface SequenceOptions {
  /** Runs from the last step to the first; outputs stay at their steps. Default false. */
  readonly goBackwards?: boolean;
  /**
   * Multiplies the state after each step: `[units]` or `[1, units]` for all rows and steps,
   * `[batch, units]` for each row, with a leading `time` for each step. Carries no gradient.
   */
  readonly stateMask?: Tensor | undefined;
  /** `bool [time, batch]`: where it is false, a row's state stays as it was. */
  readonly valid?: Tensor | undefined;
  /** A skipped step repeats the row's last output instead of giving zeros. Default false. */
  readonly repeatOutputs?: boolean;
}

/** The sizes of a recurrent op over `[time, batch, features]`. */
export interface SequenceSizes {
  readonly time: number;
  readonly batch: number;
  readonly features: number;
  readonly units: number;
}

/** Optional tensors of an op by name: a tape wants them as a list. */
export type Optionals<Name extends string> = Partial<Record<Name, Tensor | undefined>>;

/** The names of the optional tensors that are there, in order. */
export function presentOf<Name extends string>(optionals: Optionals<Name>): Name[] {
  return Object.entries(optionals).flatMap(([name, value]) =>
    value === undefined ? [] : [name as Name],
  );
}

/** The optional tensors again, from a list that ends with them. */
export function optionalsOf<Name extends string>(
  present: readonly Name[],
  tensors: readonly Tensor[],
): Optionals<Name> {
  const found = tensors.slice(tensors.length - present.length);
  return Object.fromEntries(present.map((name, i) => [name, found[i]])) as Optionals<Name>;
}

/** @throws ShapeError or DTypeError when inputs and weights do not fit. */
export function checkSequence(
  op: string,
  inputs: Tensor,
  kernel: Tensor,
  recurrentKernel: Tensor,
  gates: number,
): SequenceSizes {
  checkTensor(op, 'inputs', inputs);
  checkTensor(op, 'kernel', kernel);
  checkTensor(op, 'recurrentKernel', recurrentKernel);
  const [time = 0, batch = 0, features = 0] = inputs.shape;
  const units = recurrentKernel.shape[0] ?? 0;
  if (inputs.rank !== 3 || time === 0 || batch === 0) {
    throw shapeError(
      op,
      'inputs',
      '[time, batch, features] with time and batch of at least 1',
      inputs,
    );
  }
  checkShapeOf(op, 'kernel', kernel, [features, gates * units]);
  checkShapeOf(op, 'recurrentKernel', recurrentKernel, [units, gates * units]);
  return { time, batch, features, units };
}

/** @throws ShapeError or DTypeError when a float32 tensor has another shape. */
export function checkShapeOf(op: string, argument: string, x: Tensor, shape: Shape): void {
  checkTensor(op, argument, x);
  if (!sameShape(x.shape, shape)) throw shapeError(op, argument, showShape(shape), x);
}

/** @throws ShapeError when a mask of states or of steps does not fit. */
export function checkMasks(
  op: string,
  { time, batch, units }: SequenceSizes,
  masks: Readonly<Record<string, Tensor | undefined>>,
  valid: Tensor | undefined,
): void {
  for (const [argument, mask] of Object.entries(masks)) {
    if (mask === undefined) continue;
    checkTensor(op, argument, mask);
    const [last = 0, rows = 1, steps = time] = mask.shape.toReversed();
    if (last === units && (rows === 1 || rows === batch) && steps === time && mask.rank <= 3)
      continue;
    const expected = `[${units}], [${batch},${units}] or [${time},${batch},${units}], rows of 1 allowed`;
    throw shapeError(op, argument, expected, mask);
  }
  if (valid === undefined) return;
  checkTensor(op, 'valid', valid, ['bool']);
  if (!sameShape(valid.shape, [time, batch])) {
    throw shapeError(op, 'valid', showShape([time, batch]), valid);
  }
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

/** The steps that count as kernels take them. */
export function validOf(valid: Tensor | undefined, repeatOutputs: boolean): ValidSteps | undefined {
  return valid === undefined ? undefined : { pointer: valid.pointer, repeatOutputs };
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

/** All steps of all rows as one matrix. */
export function rowsOf(x: Tensor): Tensor {
  return reshape(x, [sizeOf(x.shape.slice(0, -1)), x.shape.at(-1) ?? 1]);
}

/**
 * Where outputs go: a view of the states `[time + 1, batch, units]`, unless a mask scales these or a
 * step is skipped, so that they differ.
 */
export function outputsOf(
  states: Tensor,
  { stateMask, valid }: Pick<SequenceOptions, 'stateMask' | 'valid'>,
  goBackwards: boolean,
): Tensor {
  const [count = 1, batch = 0, units = 0] = states.shape;
  const shape = [count - 1, batch, units];
  if (stateMask !== undefined || valid !== undefined) return Tensor.empty(shape, 'float32');
  const { after } = sequenceLayout({ steps: count - 1, batch, units, goBackwards });
  return states.shareAs(shape, 'outputs', after);
}

/** The states that the steps start from, as one matrix of all rows of all steps. */
export function rowsBefore(states: Tensor, goBackwards: boolean): Tensor {
  const [count = 1, batch = 0, units = 0] = states.shape;
  const { before } = sequenceLayout({ steps: count - 1, batch, units, goBackwards });
  return states.shareAs([(count - 1) * batch, units], 'states', before);
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

function matrixOf(x: Tensor): MatrixView {
  const columns = x.shape.at(-1) ?? 1;
  const rows = sizeOf(x.shape.slice(0, -1));
  return { pointer: x.pointer, rows, columns, stride: columns };
}

function shapeError(op: string, argument: string, shape: string, received: Tensor): ShapeError {
  const expected = `of shape ${shape}`;
  return new ShapeError(
    argumentMessage({ op, argument, expected, received: showShape(received.shape) }),
  );
}
