// SPDX-License-Identifier: Apache-2.0
// The passes that softmax and its relatives make over a row.

import { exp4 } from './exp'
import { mapWith } from './map'
import { firstLanes, loadPart, partBetween, storePart } from './part'
import { sumOfLanes } from './sum-row'

const BLOCK_BYTES: usize = 8192

/** The greatest of `n` numbers; NaN is passed over, and -Infinity where there is no number. */
export function rowGreatest(x: usize, n: i32): f32 {
  const end = x + (<usize>n << 2)
  let a = f32x4.splat(-Infinity)
  let b = a
  let c = a
  let d = a
  for (; end - x >= 64; x += 64) {
    a = f32x4.pmax(a, v128.load(x))
    b = f32x4.pmax(b, v128.load(x, 16))
    c = f32x4.pmax(c, v128.load(x, 32))
    d = f32x4.pmax(d, v128.load(x, 48))
  }
  a = f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d))
  for (; end - x >= 16; x += 16) a = f32x4.pmax(a, v128.load(x))
  for (; x < end; x += 4) a = f32x4.pmax(a, v128.load32_splat(x))
  const pair = f32x4.pmax(a, v128.shuffle<i32>(a, a, 2, 3, 0, 1))
  return f32x4.extract_lane(f32x4.pmax(pair, v128.shuffle<i32>(pair, pair, 1, 0, 3, 2)), 0)
}

/** Σ e^(x - shift). */
export function sumOfExp(x: usize, n: i32, shift: f32): f64 {
  return expRow(x, 0, n, shift, false)
}

/** `out = e^(x - shift)`; returns the sum. `out` may be `x`. */
export function expAndSum(x: usize, out: usize, n: i32, shift: f32): f64 {
  return expRow(x, out, n, shift, true)
}

/** `out = factor · x`; `out` may be `x`. */
export function scaleRow(x: usize, out: usize, n: i32, factor: f32): void {
  mapWith<Scaled>(x, out, n, f32x4.splat(factor), f32x4.splat(0))
}

// Float32 sums over blocks of 2048 elements, float64 between them.
// @ts-ignore: decorator
@inline
function expRow(x: usize, out: usize, n: i32, shift: f32, keep: bool): f64 {
  const shifts = f32x4.splat(shift)
  const end = x + (<usize>n << 2)
  let total: f64 = 0
  while (end - x >= 64) {
    const blockEnd = x + min<usize>(BLOCK_BYTES, (end - x) & ~63)
    let sumA = f32x4.splat(0)
    let sumB = sumA
    let sumC = sumA
    let sumD = sumA
    for (; x < blockEnd; x += 64) {
      const a = exp4(f32x4.sub(v128.load(x), shifts))
      const b = exp4(f32x4.sub(v128.load(x, 16), shifts))
      const c = exp4(f32x4.sub(v128.load(x, 32), shifts))
      const d = exp4(f32x4.sub(v128.load(x, 48), shifts))
      if (keep) {
        v128.store(out, a)
        v128.store(out, b, 16)
        v128.store(out, c, 32)
        v128.store(out, d, 48)
        out += 64
      }
      sumA = f32x4.add(sumA, a)
      sumB = f32x4.add(sumB, b)
      sumC = f32x4.add(sumC, c)
      sumD = f32x4.add(sumD, d)
    }
    total += sumOfLanes(f32x4.add(f32x4.add(sumA, sumC), f32x4.add(sumB, sumD)))
  }
  for (; x < end; x += 16, out += 16) {
    const count = partBetween(x, end)
    const term = exp4(f32x4.sub(loadPart(x, count), shifts))
    if (keep) storePart(out, term, count)
    total += sumOfLanes(v128.and(term, firstLanes(count)))
  }
  return total
}

// @ts-ignore: decorator
@unmanaged
class Scaled {
  // @ts-ignore: decorator
  @inline
  of(x: v128, factor: v128, unused: v128): v128 { return f32x4.mul(x, factor) }
}
