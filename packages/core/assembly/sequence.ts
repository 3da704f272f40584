// SPDX-License-Identifier: Apache-2.0
// What the whole-sequence kernels share: their arguments, where a step's state lies, and what happens to a state after
// a step. `T` steps, `B` rows, `U` units; sizes count elements, offsets count bytes.
//
// The states of all steps lie in one block of T + 1 states. Step t takes its state from one place and puts it one
// further:
//
//   forward   place   0    1    2   …    T          reverse   place   0    1    2   …    T
//             state  h0  s(0) s(1)  … s(T-1)                  state s(0) s(1) s(2)  …   h0
//
// so the T states that the steps start from are one matrix [T·B, U] in the order of t either way.

import { addInPlace } from './binary'
import { copyElements } from './inline/copy'
import { loadPart, partBetween, storePart } from './inline/part'

/** The arguments of a whole-sequence kernel, in the order of `sequenceFields` in src/kernels/sequence-arguments.ts. */
// @ts-ignore: decorator
@unmanaged
export class Sequence {
  steps: i32
  batch: i32
  units: i32
  reverse: i32
  variant: i32
  projections: usize
  recurrentKernel: usize
  recurrentBias: usize
  initialState: usize
  initialCell: usize
  states: usize
  cells: usize
  candidates: usize
  outputs: usize
  stateMask: usize
  stateMaskStep: i32
  stateMaskRow: i32
  cellMask: usize
  cellMaskStep: i32
  cellMaskRow: i32
  valid: usize
  repeatOutputs: i32
  outputsGrad: usize
  stateGrad: usize
  cellGrad: usize
  projectionsGrad: usize
  candidatesGrad: usize
  workspace: usize
}

/** The bytes of one state of all rows. */
// @ts-ignore: decorator
@inline
export function stateBytes(s: Sequence): usize {
  return <usize>s.batch * s.units << 2
}

/** The time of the step that runs as number `index`. */
// @ts-ignore: decorator
@inline
export function timeOf(s: Sequence, index: i32): i32 {
  return s.reverse ? s.steps - 1 - index : index
}

/** How far into `states` the state lies that step t starts from. */
// @ts-ignore: decorator
@inline
export function stateBefore(s: Sequence, t: i32): usize {
  return <usize>(t + s.reverse) * stateBytes(s)
}

/** How far into `states` the state lies that step t ends with. */
// @ts-ignore: decorator
@inline
export function stateAfter(s: Sequence, t: i32): usize {
  return <usize>(t + 1 - s.reverse) * stateBytes(s)
}

/** Puts the first state, zeros where there is none, in its place in `states`. */
export function startStates(s: Sequence, states: usize, initial: usize): void {
  const first = states + stateBefore(s, timeOf(s, 0))
  if (initial) memory.copy(first, initial, stateBytes(s))
  else memory.fill(first, 0, stateBytes(s))
}

/** Whether the step of this row at time t counts. */
export function isValid(s: Sequence, t: i32, row: i32): bool {
  return !s.valid || load<u8>(s.valid + <usize>t * s.batch + row) != 0
}

/** How many rows from `row` on are as valid at time t as it is. */
export function rowsAlike(s: Sequence, t: i32, row: i32): i32 {
  if (!s.valid) return s.batch - row
  const like = isValid(s, t, row)
  let next = row + 1
  while (next < s.batch && isValid(s, t, next) == like) next++
  return next - row
}

/** `state = mask · output` for the outputs and states of some rows of step t. */
export function keepState(s: Sequence, t: i32, row: i32, rows: i32): void {
  const at = <usize>row * s.units << 2
  const output = s.outputs + <usize>t * stateBytes(s) + at
  maskState(s, t, row, rows, output, s.states + stateAfter(s, t) + at)
}

/** `to = mask · from` for some rows of the state of step t; both point at the first of these rows. */
export function maskState(s: Sequence, t: i32, row: i32, rows: i32, from: usize, to: usize): void {
  scaleRows(rows, s.units, from, s.stateMask, t * s.stateMaskStep + row * s.stateMaskRow, s.stateMaskRow, to)
}

/** `cell = mask · cell` for some rows of the cell state of step t. */
export function maskCell(s: Sequence, t: i32, row: i32, rows: i32, cell: usize): void {
  scaleRows(rows, s.units, cell, s.cellMask, t * s.cellMaskStep + row * s.cellMaskRow, s.cellMaskRow, cell)
}

/** Some rows of step t do not count: the state stays, the output is the one of the step before or zeros. */
export function skipRows(s: Sequence, t: i32, row: i32, rows: i32): void {
  const at = <usize>row * s.units << 2
  const bytes = <usize>rows * s.units << 2
  memory.copy(s.states + stateAfter(s, t) + at, s.states + stateBefore(s, t) + at, bytes)
  if (s.cells) memory.copy(s.cells + stateAfter(s, t) + at, s.cells + stateBefore(s, t) + at, bytes)
  const output = s.outputs + <usize>t * stateBytes(s) + at
  const first = t == timeOf(s, 0)
  if (s.repeatOutputs && !first) memory.copy(output, output + (s.reverse ? stateBytes(s) : -stateBytes(s)), bytes)
  else memory.fill(output, 0, bytes)
}

/**
 * The gradient of the outputs of some rows of step t, 0 for none. `carry` is a state of its own, in which the gradient
 * of repeated outputs travels back to the step that made them; 0 when outputs are not repeated.
 */
export function outputGrad(s: Sequence, t: i32, row: i32, rows: i32, carry: usize): usize {
  if (!s.outputsGrad) return 0
  const at = <usize>row * s.units << 2
  const grad = s.outputsGrad + <usize>t * stateBytes(s) + at
  if (!carry) return grad
  addInPlace(carry + at, grad, rows * s.units)
  return carry + at
}

/** The gradients of repeated outputs: a state of zeros after `workspace`, or 0 when none is needed. */
export function startCarry(s: Sequence, workspace: usize): usize {
  if (!s.valid || !s.repeatOutputs || !s.outputsGrad) return 0
  memory.fill(workspace, 0, stateBytes(s))
  return workspace
}

// out = mask · x, or x without a mask; `first` and `maskRow` count elements.
function scaleRows(rows: i32, units: i32, x: usize, mask: usize, first: i32, maskRow: i32, out: usize): void {
  if (!mask) {
    if (x != out) copyElements(x, out, rows * units)
    return
  }
  mask += <usize>first << 2
  const rest = (maskRow - units) << 2
  for (; rows > 0; rows--) {
    const end = x + (<usize>units << 2)
    while (end - x >= 32) {
      const a = f32x4.mul(v128.load(x), v128.load(mask))
      const b = f32x4.mul(v128.load(x, 16), v128.load(mask, 16))
      v128.store(out, a)
      v128.store(out, b, 16)
      x += 32
      mask += 32
      out += 32
    }
    while (x < end) {
      const count = partBetween(x, end)
      storePart(out, f32x4.mul(loadPart(x, count), loadPart(mask, count)), count)
      x += count << 2
      mask += count << 2
      out += count << 2
    }
    mask += rest
  }
}
