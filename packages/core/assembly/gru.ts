// SPDX-License-Identifier: Apache-2.0
// One step of a gated recurrent unit after its matrix products, and its backward. A row of 3·U gates holds, U each,
// update gate z, reset gate r and candidate g, as in Keras; the state is `h = z·hBefore + (1 - z)·g`.
//
// Where the reset gate comes after the recurrent product, `g = tanh(x + r·n)` with n[U] the candidate's recurrent part.
// Where it comes before, `g = tanh(x + product of r·hBefore)`, so a step has two halves.

import { addressOf } from './inline/configuration'
import { splat } from './inline/constant'
import { fma, fnma } from './inline/fma'
import { loadOne, storeOne } from './inline/one'
import { loadPart, partBetween, storePart } from './inline/part'
import { ONE, ZEROS } from './generated/constants'
import { sigmoid, tanh } from './unary'

/** Reset after: activates the gates[rows, 3·U] in place and computes h; `h` may be `hBefore`. */
export function gruGates(rows: i32, units: i32, gates: usize, n: usize, hBefore: usize, h: usize): void {
  const row: usize = units << 2
  for (; rows > 0; rows--) {
    sigmoid(gates, gates, 2 * units)
    resetCandidate(row, gates + row, n, gates + 2 * row)
    tanh(gates + 2 * row, gates + 2 * row, units)
    mixStates(row, gates, hBefore, h)
    gates += 3 * row
    n += row
    hBefore += row
    h += row
  }
}

/** Reset before, first half: activates z and r in place and computes `reset = r·hBefore`. */
export function gruResetGates(rows: i32, units: i32, gates: usize, hBefore: usize, reset: usize): void {
  const row: usize = units << 2
  for (; rows > 0; rows--) {
    sigmoid(gates, gates, 2 * units)
    const end = hBefore + row
    let r = gates + row
    while (hBefore < end) {
      const count = partBetween(hBefore, end)
      storePart(reset, f32x4.mul(loadPart(r, count), loadPart(hBefore, count)), count)
      const bytes: usize = count << 2
      r += bytes
      hBefore += bytes
      reset += bytes
    }
    gates += 3 * row
  }
}

/** Reset before, second half: activates g in place and computes h; `h` may be `hBefore`. */
export function gruCandidate(rows: i32, units: i32, gates: usize, hBefore: usize, h: usize): void {
  const row: usize = units << 2
  for (; rows > 0; rows--) {
    tanh(gates + 2 * row, gates + 2 * row, units)
    mixStates(row, gates, hBefore, h)
    gates += 3 * row
    hBefore += row
    h += row
  }
}

// g += r·n. `row` is the bytes of U floats.
function resetCandidate(row: usize, r: usize, n: usize, g: usize): void {
  const end = r + row
  while (end - r >= 32) {
    const g0 = fma(v128.load(r), v128.load(n), v128.load(g))
    const g1 = fma(v128.load(r, 16), v128.load(n, 16), v128.load(g, 16))
    v128.store(g, g0)
    v128.store(g, g1, 16)
    r += 32
    n += 32
    g += 32
  }
  for (; r < end; r += 16, n += 16, g += 16) {
    const count = partBetween(r, end)
    storePart(g, fma(loadPart(r, count), loadPart(n, count), loadPart(g, count)), count)
  }
}

// h = g + z·(hBefore - g).
function mixStates(row: usize, z: usize, hBefore: usize, h: usize): void {
  const end = z + row
  let g = z + 2 * row
  while (end - z >= 32) {
    const g0 = v128.load(g), g1 = v128.load(g, 16)
    const h0 = fma(v128.load(z), f32x4.sub(v128.load(hBefore), g0), g0)
    const h1 = fma(v128.load(z, 16), f32x4.sub(v128.load(hBefore, 16), g1), g1)
    v128.store(h, h0)
    v128.store(h, h1, 16)
    z += 32
    g += 32
    hBefore += 32
    h += 32
  }
  for (; z < end; z += 16, g += 16, hBefore += 16, h += 16) {
    const count = partBetween(z, end)
    const g0 = loadPart(g, count)
    storePart(h, fma(loadPart(z, count), f32x4.sub(loadPart(hBefore, count), g0), g0), count)
  }
}

/**
 * Backward of `gruGates`: from activated gates and the gradient of h (`dy + dh`, each 0 for none) to those of the
 * pre-activations `dz` (may be `gates`), of n `dn` (may be `n`), and the part of hBefore's that does not go through a
 * product, `dhBefore` (may be `dh`):
 *
 *   dzg = dh·(1 - z)·(1 - g²), dzz = dh·(hBefore - g)·(z - z²), dn = dzg·r, dzr = dzg·n·(r - r²), dhBefore = dh·z.
 */
export function gruGatesGrad(
  rows: i32, units: i32, gates: usize, n: usize, hBefore: usize, dy: usize, dh: usize, dz: usize, dn: usize,
  dhBefore: usize,
): void {
  const row: usize = units << 2
  const toR = row, toG = 2 * row
  const dyStep: usize = dy ? 32 : 0, dhStep: usize = dh ? 32 : 0
  if (!dy) dy = addressOf(ZEROS)
  if (!dh) dh = addressOf(ZEROS)
  for (; rows > 0; rows--) {
    const end = gates + row
    while (end - gates >= 32) {
      const one = splat(ONE)
      const z0 = v128.load(gates), z1 = v128.load(gates, 16)
      const r0 = v128.load(gates + toR), r1 = v128.load(gates + toR, 16)
      const g0 = v128.load(gates + toG), g1 = v128.load(gates + toG, 16)
      const n0 = v128.load(n), n1 = v128.load(n, 16)
      const b0 = v128.load(hBefore), b1 = v128.load(hBefore, 16)
      const dh0 = f32x4.add(v128.load(dy), v128.load(dh)), dh1 = f32x4.add(v128.load(dy, 16), v128.load(dh, 16))
      const dzg0 = f32x4.mul(f32x4.mul(dh0, f32x4.sub(one, z0)), fnma(g0, g0, one))
      const dzg1 = f32x4.mul(f32x4.mul(dh1, f32x4.sub(one, z1)), fnma(g1, g1, one))
      v128.store(dz, f32x4.mul(f32x4.mul(dh0, f32x4.sub(b0, g0)), fnma(z0, z0, z0)))
      v128.store(dz, f32x4.mul(f32x4.mul(dh1, f32x4.sub(b1, g1)), fnma(z1, z1, z1)), 16)
      v128.store(dz + toR, f32x4.mul(f32x4.mul(dzg0, n0), fnma(r0, r0, r0)))
      v128.store(dz + toR, f32x4.mul(f32x4.mul(dzg1, n1), fnma(r1, r1, r1)), 16)
      v128.store(dz + toG, dzg0)
      v128.store(dz + toG, dzg1, 16)
      v128.store(dn, f32x4.mul(dzg0, r0))
      v128.store(dn, f32x4.mul(dzg1, r1), 16)
      v128.store(dhBefore, f32x4.mul(dh0, z0))
      v128.store(dhBefore, f32x4.mul(dh1, z1), 16)
      gates += 32
      n += 32
      hBefore += 32
      dy += dyStep
      dh += dhStep
      dz += 32
      dn += 32
      dhBefore += 32
    }
    while (gates < end) {
      const one = splat(ONE)
      const z0 = loadOne(gates), r0 = loadOne(gates + toR), g0 = loadOne(gates + toG)
      const n0 = loadOne(n), b0 = loadOne(hBefore)
      const dh0 = f32x4.add(loadOne(dy), loadOne(dh))
      const dzg0 = f32x4.mul(f32x4.mul(dh0, f32x4.sub(one, z0)), fnma(g0, g0, one))
      storeOne(dz, f32x4.mul(f32x4.mul(dh0, f32x4.sub(b0, g0)), fnma(z0, z0, z0)))
      storeOne(dz + toR, f32x4.mul(f32x4.mul(dzg0, n0), fnma(r0, r0, r0)))
      storeOne(dz + toG, dzg0)
      storeOne(dn, f32x4.mul(dzg0, r0))
      storeOne(dhBefore, f32x4.mul(dh0, z0))
      gates += 4
      n += 4
      hBefore += 4
      dy += dyStep >> 3
      dh += dhStep >> 3
      dz += 4
      dn += 4
      dhBefore += 4
    }
    gates += 2 * row
    dz += 2 * row
  }
}

/**
 * Backward of `gruCandidate`: the gradients of the pre-activations of z and g and `dhBefore = dh·z`, as in
 * `gruGatesGrad`. Leaves r's part of `dz` alone.
 */
export function gruCandidateGrad(
  rows: i32, units: i32, gates: usize, hBefore: usize, dy: usize, dh: usize, dz: usize, dhBefore: usize,
): void {
  const row: usize = units << 2
  const toG = 2 * row
  const dyStep: usize = dy ? 1 : 0, dhStep: usize = dh ? 1 : 0
  if (!dy) dy = addressOf(ZEROS)
  if (!dh) dh = addressOf(ZEROS)
  for (; rows > 0; rows--) {
    const end = gates + row
    while (gates < end) {
      const count = partBetween(gates, end)
      const one = splat(ONE)
      const z0 = loadPart(gates, count), g0 = loadPart(gates + toG, count)
      const dh0 = f32x4.add(loadPart(dy, count), loadPart(dh, count))
      const dzz0 = f32x4.mul(f32x4.mul(dh0, f32x4.sub(loadPart(hBefore, count), g0)), fnma(z0, z0, z0))
      storePart(dz, dzz0, count)
      storePart(dz + toG, f32x4.mul(f32x4.mul(dh0, f32x4.sub(one, z0)), fnma(g0, g0, one)), count)
      storePart(dhBefore, f32x4.mul(dh0, z0), count)
      const bytes: usize = count << 2
      gates += bytes
      hBefore += bytes
      dy += dyStep * bytes
      dh += dhStep * bytes
      dz += bytes
      dhBefore += bytes
    }
    gates += 2 * row
    dz += 2 * row
  }
}

/**
 * Backward of `gruResetGates`, given `dReset`, the gradient of `reset`: `dzr = dReset·hBefore·(r - r²)` in r's part of
 * `dz` (may be `gates`), and `dhBefore += dReset·r`.
 */
export function gruResetGatesGrad(
  rows: i32, units: i32, gates: usize, hBefore: usize, dReset: usize, dz: usize, dhBefore: usize,
): void {
  const row: usize = units << 2
  for (; rows > 0; rows--) {
    let r = gates + row, dzr = dz + row
    const end = r + row
    while (r < end) {
      const count = partBetween(r, end)
      const r0 = loadPart(r, count), dReset0 = loadPart(dReset, count)
      const dzr0 = f32x4.mul(f32x4.mul(dReset0, loadPart(hBefore, count)), fnma(r0, r0, r0))
      storePart(dzr, dzr0, count)
      storePart(dhBefore, fma(dReset0, r0, loadPart(dhBefore, count)), count)
      const bytes: usize = count << 2
      r += bytes
      hBefore += bytes
      dReset += bytes
      dzr += bytes
      dhBefore += bytes
    }
    gates += 3 * row
    dz += 3 * row
  }
}
