// SPDX-License-Identifier: Apache-2.0

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
