// SPDX-License-Identifier: Apache-2.0
// A simple recurrent network, h = tanh(x + h·R) or relu of it, over a whole sequence. The variant is 0 for tanh, 1 for
// relu. The output alone tells the derivative, so nothing but the states is kept.

import { addressOf } from './inline/configuration'
import { splat } from './inline/constant'
import { fnma } from './inline/fma'
import { loadPart, partBetween, storePart } from './inline/part'
import { gemmPackB, gemmPacked, gemmPackedBytes, gemmWorkspace } from './gemm'
import { ONE, ZEROS } from './generated/constants'
import {
  isValid, keepState, maskState, outputGrad, rowsAlike, Sequence, skipRows, startCarry, startStates, stateBefore,
  stateBytes, timeOf,
} from './sequence'
import { relu, tanh } from './unary'

/** The bytes of workspace that both directions need. */
export function simpleRnnSequenceWorkspace(batch: i32, units: i32): i32 {
  return gemmWorkspace(0, 0, batch, units, units) + gemmPackedBytes(units, units) + (batch * units << 2)
}

export function simpleRnnSequenceForward(at: usize): void {
  const s = changetype<Sequence>(at)
  const batch = s.batch, units = s.units
  const packed = s.workspace + gemmWorkspace(0, 0, batch, units, units)
  gemmPackB(0, units, units, s.recurrentKernel, units, packed)
  startStates(s, s.states, s.initialState)
  for (let index = 0; index < s.steps; index++) {
    const t = timeOf(s, index)
    const z = s.projections + <usize>t * stateBytes(s)
    if (index > 0 || s.initialState) {
      gemmPacked(0, batch, units, units, s.states + stateBefore(s, t), units, packed, z, units, 1, 0, 0, s.workspace)
    }
    for (let row = 0, rows = 0; row < batch; row += rows) {
      rows = rowsAlike(s, t, row)
      if (isValid(s, t, row)) {
        const first = <usize>row * units << 2
        const output = s.outputs + <usize>t * stateBytes(s) + first
        if (s.variant) relu(z + first, output, rows * units)
        else tanh(z + first, output, rows * units)
        keepState(s, t, row, rows)
      } else {
        skipRows(s, t, row, rows)
      }
    }
  }
}

export function simpleRnnSequenceBackward(at: usize): void {
  const s = changetype<Sequence>(at)
  const batch = s.batch, units = s.units
  const packed = s.workspace + gemmWorkspace(0, 0, batch, units, units)
  gemmPackB(1, units, units, s.recurrentKernel, units, packed)
  const carry = startCarry(s, packed + gemmPackedBytes(units, units))
  for (let index = s.steps - 1; index >= 0; index--) {
    const t = timeOf(s, index)
    const y = s.outputs + <usize>t * stateBytes(s)
    const dz = s.projectionsGrad + <usize>t * stateBytes(s)
    for (let row = 0, rows = 0; row < batch; row += rows) {
      rows = rowsAlike(s, t, row)
      const first = <usize>row * units << 2
      const bytes = <usize>rows * units << 2
      const dy = outputGrad(s, t, row, rows, carry)
      if (isValid(s, t, row)) {
        const dh = s.stateGrad + first
        maskState(s, t, row, rows, dh, dh)
        simpleRnnGrad(rows * units, s.variant, y + first, dy, dh, dz + first)
        if (s.valid) memory.fill(dh, 0, bytes)
        if (carry) memory.fill(carry + first, 0, bytes)
      } else {
        memory.fill(dz + first, 0, bytes)
      }
    }
    // Rows that do not count hand their gradient on as it is.
    if (index > 0 || s.initialState) {
      gemmPacked(0, batch, units, units, dz, units, packed, s.stateGrad, units, s.valid ? 1 : 0, 0, 0, s.workspace)
    }
  }
}

/**
 * `dz = (dy + dh)·(1 - y²)` for tanh, `y > 0 ? dy + dh : 0` for relu, from the output y[n]; `dy` and `dh` are 0 for none,
 * `dz` may be any of the others.
 */
export function simpleRnnGrad(n: i32, variant: i32, y: usize, dy: usize, dh: usize, dz: usize): void {
  const end = y + (<usize>n << 2)
  const dyStep: usize = dy ? 32 : 0, dhStep: usize = dh ? 32 : 0
  if (!dy) dy = addressOf(ZEROS)
  if (!dh) dh = addressOf(ZEROS)
  while (end - y >= 32) {
    const d0 = f32x4.add(v128.load(dy), v128.load(dh)), d1 = f32x4.add(v128.load(dy, 16), v128.load(dh, 16))
    const dz0 = throughActivation(variant, v128.load(y), d0), dz1 = throughActivation(variant, v128.load(y, 16), d1)
    v128.store(dz, dz0)
    v128.store(dz, dz1, 16)
    y += 32
    dy += dyStep
    dh += dhStep
    dz += 32
  }
  for (; y < end; y += 16, dz += 16) {
    const count = partBetween(y, end)
    const d0 = f32x4.add(loadPart(dy, count), loadPart(dh, count))
    storePart(dz, throughActivation(variant, loadPart(y, count), d0), count)
    if (dyStep) dy += 16
    if (dhStep) dh += 16
  }
}

// @ts-ignore: decorator
@inline
function throughActivation(variant: i32, y: v128, d: v128): v128 {
  return variant ? v128.and(d, f32x4.gt(y, i32x4.splat(0))) : f32x4.mul(d, fnma(y, y, splat(ONE)))
}
