// SPDX-License-Identifier: Apache-2.0

import { element, type ReferenceHeap, readFloats, writeFloats } from './heap.ts';

/**
 * The arguments of a whole-sequence kernel: 32-bit integers in the heap, in this order, one after
 * the other. Pointers are byte addresses, 0 for none; strides count elements. `T` steps, `B` rows of
 * the batch, `U` units, `G` gates (LSTM 4, GRU 3, simple 1).
 *
 * - `steps`, `batch`, `units`: T, B, U.
 * - `reverse`: 1 runs the steps from the last time to the first.
 * - `variant`: GRU 1 for the reset gate after the recurrent product, 0 for before; simple 0 for
 *   tanh, 1 for relu; LSTM 0.
 * - `projections` [T, B, G·U]: the inputs' part of the pre-activations, with bias. The forward pass
 *   puts the activated gates there (simple: leaves sums that nothing needs). Unspecified afterwards
 *   for rows that do not count.
 * - `recurrentKernel` [U, G·U]; `recurrentBias` [3·U] (GRU, reset after).
 * - `initialState`, `initialCell` [B, U]: 0 for zeros.
 * - `states`, `cells` (LSTM) [T+1, B, U]: what each step starts from, after masks, and the final
 *   state; the step at time t starts from state number t + reverse and makes number t + 1 − reverse.
 * - `candidates` (GRU) [T, B, U]: h·R_candidate + bias, or r·h where the reset gate comes before.
 * - `outputs` [T, B, U]: the outputs before masks. May be the states that the steps make, where there
 *   are neither masks nor `valid`.
 * - `stateMask`, `cellMask` (LSTM): factors of the state after a step, at
 *   `t · …MaskStep + row · …MaskRow + unit`; a stride of 0 shares one mask.
 * - `valid` [T, B] bytes: 0 where a row's step does not count: its state stays as it was and its
 *   output is that of the step before (zeros at first) where `repeatOutputs`, else zeros.
 *
 * And backward:
 *
 * - `outputsGrad` [T, B, U] or 0: d(loss)/d(outputs).
 * - `stateGrad`, `cellGrad` (LSTM) [B, U]: on entry the gradient of the final state, on return that
 *   of the initial one; unspecified where there is no `initialState`.
 * - `projectionsGrad` [T, B, G·U]: the gradient of the projections; may be `projections`.
 * - `candidatesGrad` (GRU, reset after) [T, B, U]: the gradient of the candidates; may be
 *   `candidates`.
 * - `workspace`: address of as many bytes as `…SequenceWorkspace(batch, units)` tells.
 */
export const sequenceFields = [
  'steps',
  'batch',
  'units',
  'reverse',
  'variant',
  'projections',
  'recurrentKernel',
  'recurrentBias',
  'initialState',
  'initialCell',
  'states',
  'cells',
  'candidates',
  'outputs',
  'stateMask',
  'stateMaskStep',
  'stateMaskRow',
  'cellMask',
  'cellMaskStep',
  'cellMaskRow',
  'valid',
  'repeatOutputs',
  'outputsGrad',
  'stateGrad',
  'cellGrad',
  'projectionsGrad',
  'candidatesGrad',
  'workspace',
] as const;

/** The arguments of a whole-sequence kernel, by name. */
export type SequenceArguments = Record<(typeof sequenceFields)[number], number>;

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
  if (s.stateMask === 0) return x;
  const mask = heap.floats(s.stateMask);
  return x.map((value, u) => value * mask.get(t * s.stateMaskStep + b * s.stateMaskRow + u));
}

/** `x · cellMask` of row `b` at time t, x where there is no mask. */
export function maskedCell(
  heap: ReferenceHeap,
  s: SequenceArguments,
  t: number,
  b: number,
  x: Float64Array,
): Float64Array {
  if (s.cellMask === 0) return x;
  const mask = heap.floats(s.cellMask);
  return x.map((value, u) => value * mask.get(t * s.cellMaskStep + b * s.cellMaskRow + u));
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
