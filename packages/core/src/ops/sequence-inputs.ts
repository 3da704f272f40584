// SPDX-License-Identifier: Apache-2.0
// What the fused recurrent ops share: their options and checks, and how optional inputs travel through the tape.

import { argumentMessage, ShapeError } from '../errors.ts';
import { type Shape, sameShape, showShape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { checkTensor } from './operand.ts';

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

/** What `gruSequence` and `simpleRnnSequence` give. */
export interface RecurrentSequenceResult {
  /** `[time, batch, units]`: h of each step, before masks. */
  readonly outputs: Tensor;
  /** The state after the last step, after masks. */
  readonly state: Tensor;
}

/** The attributes that every fused recurrent op has; `present` are the optional inputs it was given. */
export interface SequenceAttributes<Optional extends string> {
  readonly present: readonly Optional[];
  readonly goBackwards: boolean;
  readonly repeatOutputs: boolean;
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

/** The optional tensors that are there, as a list with their names. */
export function listOf<Name extends string>(
  optionals: Optionals<Name>,
): { readonly present: Name[]; readonly tensors: Tensor[] } {
  const present = Object.entries(optionals).flatMap(([name, tensor]) =>
    tensor === undefined ? [] : [name as Name],
  );
  return { present, tensors: present.flatMap((name) => optionals[name] ?? []) };
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

function shapeError(op: string, argument: string, shape: string, received: Tensor): ShapeError {
  const expected = `of shape ${shape}`;
  return new ShapeError(
    argumentMessage({ op, argument, expected, received: showShape(received.shape) }),
  );
}
