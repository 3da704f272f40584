// SPDX-License-Identifier: Apache-2.0
// A long short-term memory over a whole sequence, from projections that one big product has already computed.

import { gemmPackB, gemmPacked, gemmPackedBytes, gemmWorkspace } from './gemm'
import { lstmGates, lstmGatesGrad } from './lstm'
import {
  isValid, keepState, maskCell, maskState, outputGrad, rowsAlike, Sequence, skipRows, startCarry, startStates,
  stateAfter, stateBefore, stateBytes, timeOf,
} from './sequence'

/** The bytes of workspace that both directions need. */
export function lstmSequenceWorkspace(batch: i32, units: i32): i32 {
  return gemmBytes(batch, units) + max(gemmPackedBytes(4 * units, units), gemmPackedBytes(units, 4 * units)) +
    (batch * units << 2)
}

export function lstmSequenceForward(at: usize): void {
  const s = changetype<Sequence>(at)
  const batch = s.batch, units = s.units
  const packed = s.workspace + gemmBytes(batch, units)
  gemmPackB(0, 4 * units, units, s.recurrentKernel, 4 * units, packed)
  startStates(s, s.states, s.initialState)
  startStates(s, s.cells, s.initialCell)
  for (let index = 0; index < s.steps; index++) {
    const t = timeOf(s, index)
    const z = s.projections + <usize>t * 4 * stateBytes(s)
    if (index > 0 || s.initialState) {
      const state = s.states + stateBefore(s, t)
      gemmPacked(0, batch, 4 * units, units, state, units, packed, z, 4 * units, 1, 0, 0, s.workspace)
    }
    for (let row = 0, rows = 0; row < batch; row += rows) {
      rows = rowsAlike(s, t, row)
      if (isValid(s, t, row)) {
        const first = <usize>row * units << 2
        const cell = s.cells + stateAfter(s, t) + first
        const output = s.outputs + <usize>t * stateBytes(s) + first
        lstmGates(rows, units, z + 4 * first, s.cells + stateBefore(s, t) + first, cell, output)
        maskCell(s, t, row, rows, cell)
        keepState(s, t, row, rows)
      } else {
        skipRows(s, t, row, rows)
      }
    }
  }
}

export function lstmSequenceBackward(at: usize): void {
  const s = changetype<Sequence>(at)
  const batch = s.batch, units = s.units
  const packed = s.workspace + gemmBytes(batch, units)
  gemmPackB(1, units, 4 * units, s.recurrentKernel, 4 * units, packed)
  const carry = startCarry(s, packed + gemmPackedBytes(units, 4 * units))
  for (let index = s.steps - 1; index >= 0; index--) {
    const t = timeOf(s, index)
    const gates = s.projections + <usize>t * 4 * stateBytes(s)
    const dz = s.projectionsGrad + <usize>t * 4 * stateBytes(s)
    for (let row = 0, rows = 0; row < batch; row += rows) {
      rows = rowsAlike(s, t, row)
      const first = <usize>row * units << 2
      const bytes = <usize>rows * units << 2
      const dy = outputGrad(s, t, row, rows, carry)
      if (isValid(s, t, row)) {
        const dh = s.stateGrad + first
        const dc = s.cellGrad + first
        maskState(s, t, row, rows, dh, dh)
        maskCell(s, t, row, rows, dc)
        lstmGatesGrad(rows, units, gates + 4 * first, s.cells + stateBefore(s, t) + first, dy, dh, dc, dz + 4 * first, dc)
        if (s.valid) memory.fill(dh, 0, bytes)
        if (carry) memory.fill(carry + first, 0, bytes)
      } else {
        memory.fill(dz + 4 * first, 0, 4 * bytes)
      }
    }
    // Rows that do not count hand their gradient on as it is.
    if (index > 0 || s.initialState) {
      const accumulate = s.valid ? 1 : 0
      gemmPacked(0, batch, units, 4 * units, dz, 4 * units, packed, s.stateGrad, units, accumulate, 0, 0, s.workspace)
    }
  }
}

function gemmBytes(batch: i32, units: i32): i32 {
  return max(gemmWorkspace(0, 0, batch, 4 * units, units), gemmWorkspace(0, 0, batch, units, 4 * units))
}
