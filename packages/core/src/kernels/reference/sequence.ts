// SPDX-License-Identifier: Apache-2.0

import { type SequenceArguments, sequenceFields } from '../sequence-arguments.ts';
import { element, type ReferenceHeap, readFloats, writeFloats } from './heap.ts';

/** The arguments at `pointer`. */
export function readSequence(heap: ReferenceHeap, pointer: number): SequenceArguments {
  const entries = sequenceFields.map((name, i) => [name, heap.uint32(pointer + 4 * i)]);
  return Object.fromEntries(entries);
}

/** A step of one row: where its state comes from and goes to, and whether it counts. */
export interface RowStep {
  readonly t: number;
  /** First element of this row in [T, B, U]. */
  readonly at: number;
  /** First element of this row's state before and after the step, in [T+1, B, U]. */
  readonly before: number;
  readonly after: number;
  readonly counts: boolean;
}

/** The steps of row `b` in the order in which they run. */
export function stepsOfRow(heap: ReferenceHeap, s: SequenceArguments, b: number): RowStep[] {
  return Array.from({ length: s.steps }, (_, index) => {
    const t = s.reverse ? s.steps - 1 - index : index;
    const place = (number: number) => (number * s.batch + b) * s.units;
    return {
      t,
      at: place(t),
      before: place(t + s.reverse),
      after: place(t + 1 - s.reverse),
      counts: s.valid === 0 || heap.uint8(s.valid + t * s.batch + b) !== 0,
    };
  });
}

/** The initial state of row `b`, also put into its place in `states`. */
export function startRow(
  heap: ReferenceHeap,
  s: SequenceArguments,
  b: number,
  initial: number,
  states: number,
): Float64Array {
  const state =
    initial === 0
      ? new Float64Array(s.units)
      : readFloats(heap.floats(initial), b * s.units, s.units);
  const first = s.reverse ? s.steps : 0;
  writeFloats(heap.floats(states), (first * s.batch + b) * s.units, state);
  return state;
}

/** `x · stateMask` of row `b` at time t, x where there is no mask. */
export function maskedState(
  heap: ReferenceHeap,
  s: SequenceArguments,
  t: number,
  b: number,
  x: Float64Array,
): Float64Array {
  return scaled(heap, x, s.stateMask, t * s.stateMaskStep + b * s.stateMaskRow);
}

/** `x · cellMask` of row `b` at time t, x where there is no mask. */
export function maskedCell(
  heap: ReferenceHeap,
  s: SequenceArguments,
  t: number,
  b: number,
  x: Float64Array,
): Float64Array {
  return scaled(heap, x, s.cellMask, t * s.cellMaskStep + b * s.cellMaskRow);
}

/** The output of a step that does not count, `previous` being the one before. */
export function skippedOutput(s: SequenceArguments, previous: Float64Array): Float64Array {
  return s.repeatOutputs ? previous : new Float64Array(s.units);
}

/**
 * The gradient of a row's outputs, from the last step to the first: the gradient of a repeated
 * output goes to the step that made it.
 */
export function outputGradOfRow(
  heap: ReferenceHeap,
  s: SequenceArguments,
): (step: RowStep) => Float64Array {
  let carry = new Float64Array(s.units);
  return ({ at, counts }) => {
    if (s.outputsGrad === 0) return new Float64Array(s.units);
    const dy = readFloats(heap.floats(s.outputsGrad), at, s.units);
    if (!s.repeatOutputs) return dy;
    const sum = dy.map((value, u) => value + element(carry, u));
    carry = counts ? new Float64Array(s.units) : sum;
    return sum;
  };
}

/** `x · mask` from the mask's element `first` on; x where there is no mask. */
function scaled(heap: ReferenceHeap, x: Float64Array, mask: number, first: number): Float64Array {
  if (mask === 0) return x;
  const factors = heap.floats(mask);
  return x.map((value, u) => value * factors.get(first + u));
}
