// SPDX-License-Identifier: Apache-2.0
// One step of a long short-term memory after its matrix products, and its backward. A row of 4·U gates holds, U each,
// input, forget, candidate and output gate, as in Keras.

import { addressOf } from './inline/configuration'
import { splat } from './inline/constant'
import { tanh4 } from './inline/exp'
import { fma, fnma } from './inline/fma'
import { loadOne, storeOne } from './inline/one'
import { ONE, ZEROS } from './generated/constants'
import { sigmoid, tanh } from './unary'

/**
 * Activates the gates z[rows, 4·U] in place: `i, f, o = sigmoid`, `g = tanh`; then `c = f·cBefore + i·g` and
 * `h = o·tanh(c)`. `c` may be `cBefore`.
 *
 * Several passes over a row that stays in the first-level cache: all in one would need more registers than there are.
 */
export function lstmGates(rows: i32, units: i32, z: usize, cBefore: usize, c: usize, h: usize): void {
  const row: usize = units << 2
  for (; rows > 0; rows--) {
    sigmoid(z, z, 2 * units)
    tanh(z + 2 * row, z + 2 * row, units)
    sigmoid(z + 3 * row, z + 3 * row, units)
    cellAndOutput(row, z, cBefore, c, h)
    z += 4 * row
    cBefore += row
    c += row
    h += row
  }
}

// `row` is the bytes of U floats.
function cellAndOutput(row: usize, i: usize, cBefore: usize, c: usize, h: usize): void {
  const end = i + row
  let f = i + row
  let g = f + row
  let o = g + row
  while (end - i >= 32) {
    const c0 = fma(v128.load(f), v128.load(cBefore), f32x4.mul(v128.load(i), v128.load(g)))
    const c1 = fma(v128.load(f, 16), v128.load(cBefore, 16), f32x4.mul(v128.load(i, 16), v128.load(g, 16)))
    const h0 = f32x4.mul(v128.load(o), tanh4(c0))
    const h1 = f32x4.mul(v128.load(o, 16), tanh4(c1))
    v128.store(c, c0)
    v128.store(c, c1, 16)
    v128.store(h, h0)
    v128.store(h, h1, 16)
    i += 32
    f += 32
    g += 32
    o += 32
    cBefore += 32
    c += 32
    h += 32
  }
  for (; i < end; i += 4, f += 4, g += 4, o += 4, cBefore += 4, c += 4, h += 4) {
    const c0 = fma(loadOne(f), loadOne(cBefore), f32x4.mul(loadOne(i), loadOne(g)))
    const h0 = f32x4.mul(loadOne(o), tanh4(c0))
    storeOne(c, c0)
    storeOne(h, h0)
  }
}

/**
 * From activated gates and the gradients of h (`dy + dh`) and c (`dc`), each 0 for none, to those of the
 * pre-activations `dz` (may be `gates`) and of cBefore `dcBefore` (may be `dc`). The cell state is computed anew:
 *
 *   dc += dh·o·(1 - tanh²c), dzi = dc·g·(i - i²), dzf = dc·cBefore·(f - f²), dzg = dc·i·(1 - g²),
 *   dzo = dh·tanh(c)·(o - o²), dcBefore = dc·f.
 */
export function lstmGatesGrad(
  rows: i32, units: i32, gates: usize, cBefore: usize, dy: usize, dh: usize, dc: usize, dz: usize, dcBefore: usize,
): void {
  const row: usize = units << 2
  const toF = row, toG = 2 * row, toO = 3 * row
  const dyStep: usize = dy ? 32 : 0, dhStep: usize = dh ? 32 : 0, dcStep: usize = dc ? 32 : 0
  if (!dy) dy = addressOf(ZEROS)
  if (!dh) dh = addressOf(ZEROS)
  if (!dc) dc = addressOf(ZEROS)
  for (; rows > 0; rows--) {
    const end = gates + row
    while (end - gates >= 32) {
      const one = splat(ONE)
      const i0 = v128.load(gates), i1 = v128.load(gates, 16)
      const f0 = v128.load(gates + toF), f1 = v128.load(gates + toF, 16)
      const g0 = v128.load(gates + toG), g1 = v128.load(gates + toG, 16)
      const o0 = v128.load(gates + toO), o1 = v128.load(gates + toO, 16)
      const b0 = v128.load(cBefore), b1 = v128.load(cBefore, 16)
      const dh0 = f32x4.add(v128.load(dy), v128.load(dh)), dh1 = f32x4.add(v128.load(dy, 16), v128.load(dh, 16))
      const t0 = tanh4(fma(f0, b0, f32x4.mul(i0, g0))), t1 = tanh4(fma(f1, b1, f32x4.mul(i1, g1)))
      const dc0 = fma(f32x4.mul(dh0, o0), fnma(t0, t0, one), v128.load(dc))
      const dc1 = fma(f32x4.mul(dh1, o1), fnma(t1, t1, one), v128.load(dc, 16))
      v128.store(dz, f32x4.mul(f32x4.mul(dc0, g0), fnma(i0, i0, i0)))
      v128.store(dz, f32x4.mul(f32x4.mul(dc1, g1), fnma(i1, i1, i1)), 16)
      v128.store(dz + toF, f32x4.mul(f32x4.mul(dc0, b0), fnma(f0, f0, f0)))
      v128.store(dz + toF, f32x4.mul(f32x4.mul(dc1, b1), fnma(f1, f1, f1)), 16)
      v128.store(dz + toG, f32x4.mul(f32x4.mul(dc0, i0), fnma(g0, g0, one)))
      v128.store(dz + toG, f32x4.mul(f32x4.mul(dc1, i1), fnma(g1, g1, one)), 16)
      v128.store(dz + toO, f32x4.mul(f32x4.mul(dh0, t0), fnma(o0, o0, o0)))
      v128.store(dz + toO, f32x4.mul(f32x4.mul(dh1, t1), fnma(o1, o1, o1)), 16)
      v128.store(dcBefore, f32x4.mul(dc0, f0))
      v128.store(dcBefore, f32x4.mul(dc1, f1), 16)
      gates += 32
      cBefore += 32
      dy += dyStep
      dh += dhStep
      dc += dcStep
      dz += 32
      dcBefore += 32
    }
    while (gates < end) {
      const one = splat(ONE)
      const i0 = loadOne(gates), f0 = loadOne(gates + toF), g0 = loadOne(gates + toG), o0 = loadOne(gates + toO)
      const b0 = loadOne(cBefore)
      const dh0 = f32x4.add(loadOne(dy), loadOne(dh))
      const t0 = tanh4(fma(f0, b0, f32x4.mul(i0, g0)))
      const dc0 = fma(f32x4.mul(dh0, o0), fnma(t0, t0, one), loadOne(dc))
      storeOne(dz, f32x4.mul(f32x4.mul(dc0, g0), fnma(i0, i0, i0)))
      storeOne(dz + toF, f32x4.mul(f32x4.mul(dc0, b0), fnma(f0, f0, f0)))
      storeOne(dz + toG, f32x4.mul(f32x4.mul(dc0, i0), fnma(g0, g0, one)))
      storeOne(dz + toO, f32x4.mul(f32x4.mul(dh0, t0), fnma(o0, o0, o0)))
      storeOne(dcBefore, f32x4.mul(dc0, f0))
      gates += 4
      cBefore += 4
      dy += dyStep >> 3
      dh += dhStep >> 3
      dc += dcStep >> 3
      dz += 4
      dcBefore += 4
    }
    gates += 3 * row
    dz += 3 * row
  }
}
