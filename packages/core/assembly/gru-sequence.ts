// SPDX-License-Identifier: Apache-2.0
// A gated recurrent unit over a whole sequence, from projections that one big product has already computed. The variant
// is 1 where the reset gate comes after the recurrent product, 0 where it comes before.

import { gemmPackB, gemmPacked, gemmPackedBytes, gemmWorkspace } from './gemm'
import { gruCandidate, gruCandidateGrad, gruGates, gruGatesGrad, gruResetGates, gruResetGatesGrad } from './gru'
import {
  isValid, keepState, maskState, outputGrad, rowsAlike, Sequence, skipRows, startCarry, startStates, stateBefore,
  stateBytes, timeOf,
} from './sequence'

/** The bytes of workspace that both directions need: products, two packed matrices, two states. */
export function gruSequenceWorkspace(batch: i32, units: i32): i32 {
  return gemmBytes(batch, units) + gatesBytes(units) + gemmPackedBytes(units, units) + (batch * units << 3)
}

export function gruSequenceForward(at: usize): void {
  const s = changetype<Sequence>(at)
  const batch = s.batch, units = s.units
  const row: usize = units << 2
  const gatesKernel = s.workspace + gemmBytes(batch, units)
  const candidateKernel = gatesKernel + gatesBytes(units)
  gemmPackB(0, 2 * units, units, s.recurrentKernel, 3 * units, gatesKernel)
  gemmPackB(0, units, units, s.recurrentKernel + 2 * row, 3 * units, candidateKernel)
  startStates(s, s.states, s.initialState)
  for (let index = 0; index < s.steps; index++) {
    const t = timeOf(s, index)
    const z = s.projections + <usize>t * 3 * stateBytes(s)
    const n = s.candidates + <usize>t * stateBytes(s)
    const before = s.states + stateBefore(s, t)
    gemmPacked(0, batch, 2 * units, units, before, units, gatesKernel, z, 3 * units, 1, s.recurrentBias, 0, s.workspace)
    if (s.variant) {
      const bias = s.recurrentBias ? s.recurrentBias + 2 * row : 0
      gemmPacked(0, batch, units, units, before, units, candidateKernel, n, units, 0, bias, 0, s.workspace)
    } else {
      resetRows(s, t, z, before, n)
      const g = z + 2 * row
      gemmPacked(0, batch, units, units, n, units, candidateKernel, g, 3 * units, 1, 0, 0, s.workspace)
    }
    for (let from = 0, rows = 0; from < batch; from += rows) {
      rows = rowsAlike(s, t, from)
      if (isValid(s, t, from)) {
        const first = from * row
        const output = s.outputs + <usize>t * stateBytes(s) + first
        if (s.variant) gruGates(rows, units, z + 3 * first, n + first, before + first, output)
        else gruCandidate(rows, units, z + 3 * first, before + first, output)
        keepState(s, t, from, rows)
      } else {
        skipRows(s, t, from, rows)
      }
    }
  }
}

// n = r·before, and 0 where a row does not count, so that it adds nothing to the gradient of the weights.
function resetRows(s: Sequence, t: i32, z: usize, before: usize, n: usize): void {
  const row: usize = s.units << 2
  for (let from = 0, rows = 0; from < s.batch; from += rows) {
    rows = rowsAlike(s, t, from)
    const first = from * row
    if (isValid(s, t, from)) gruResetGates(rows, s.units, z + 3 * first, before + first, n + first)
    else memory.fill(n + first, 0, rows * row)
  }
}

export function gruSequenceBackward(at: usize): void {
  const s = changetype<Sequence>(at)
  const batch = s.batch, units = s.units
  const row: usize = units << 2
  const gatesKernel = s.workspace + gemmBytes(batch, units)
  const candidateKernel = gatesKernel + gatesBytes(units)
  const dReset = candidateKernel + gemmPackedBytes(units, units)
  gemmPackB(1, units, 2 * units, s.recurrentKernel, 3 * units, gatesKernel)
  gemmPackB(1, units, units, s.recurrentKernel + 2 * row, 3 * units, candidateKernel)
  const carry = startCarry(s, dReset + stateBytes(s))
  const dh = s.stateGrad
  for (let index = s.steps - 1; index >= 0; index--) {
    const t = timeOf(s, index)
    const dz = s.projectionsGrad + <usize>t * 3 * stateBytes(s)
    const dn = s.candidatesGrad + <usize>t * stateBytes(s)
    gatesBackward(s, t, dz, dn, carry)
    if (!s.variant) {
      const dg = dz + 2 * row
      gemmPacked(0, batch, units, units, dg, 3 * units, candidateKernel, dReset, units, 0, 0, 0, s.workspace)
      resetBackward(s, t, dz, dReset)
    }
    if (index > 0 || s.initialState) {
      if (s.variant) gemmPacked(0, batch, units, units, dn, units, candidateKernel, dh, units, 1, 0, 0, s.workspace)
      gemmPacked(0, batch, units, 2 * units, dz, 3 * units, gatesKernel, dh, units, 1, 0, 0, s.workspace)
    }
  }
}

// Leaves in `stateGrad` what does not go through a product. Rows that do not count hand their gradient on as it is.
function gatesBackward(s: Sequence, t: i32, dz: usize, dn: usize, carry: usize): void {
  const units = s.units
  const row: usize = units << 2
  const gates = s.projections + <usize>t * 3 * stateBytes(s)
  const n = s.candidates + <usize>t * stateBytes(s)
  const before = s.states + stateBefore(s, t)
  for (let from = 0, rows = 0; from < s.batch; from += rows) {
    rows = rowsAlike(s, t, from)
    const first = from * row
    const dy = outputGrad(s, t, from, rows, carry)
    if (isValid(s, t, from)) {
      const dh = s.stateGrad + first
      maskState(s, t, from, rows, dh, dh)
      if (s.variant) {
        gruGatesGrad(rows, units, gates + 3 * first, n + first, before + first, dy, dh, dz + 3 * first, dn + first, dh)
      } else {
        gruCandidateGrad(rows, units, gates + 3 * first, before + first, dy, dh, dz + 3 * first, dh)
      }
      if (carry) memory.fill(carry + first, 0, rows * row)
    } else {
      memory.fill(dz + 3 * first, 0, 3 * rows * row)
      if (s.variant) memory.fill(dn + first, 0, rows * row)
    }
  }
}

function resetBackward(s: Sequence, t: i32, dz: usize, dReset: usize): void {
  const row: usize = s.units << 2
  const gates = s.projections + <usize>t * 3 * stateBytes(s)
  const before = s.states + stateBefore(s, t)
  for (let from = 0, rows = 0; from < s.batch; from += rows) {
    rows = rowsAlike(s, t, from)
    if (!isValid(s, t, from)) continue
    const first = from * row
    const dh = s.stateGrad + first
    gruResetGatesGrad(rows, s.units, gates + 3 * first, before + first, dReset + first, dz + 3 * first, dh)
  }
}

function gemmBytes(batch: i32, units: i32): i32 {
  return max(gemmWorkspace(0, 0, batch, 2 * units, units), gemmWorkspace(0, 0, batch, units, 2 * units))
}

function gatesBytes(units: i32): i32 {
  return max(gemmPackedBytes(2 * units, units), gemmPackedBytes(units, 2 * units))
}
