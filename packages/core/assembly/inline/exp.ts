// SPDX-License-Identifier: Apache-2.0
// e^x and its relatives on four lanes. NaN gives NaN throughout: pmin and pmax return their first argument then.
//
// The constants are loaded where they are used: in a loop over several vectors that costs next to nothing, and keeps
// registers free.

import { splat } from './constant'
import { fma, fnma } from './fma'
import {
  EXPM1_LOWEST, EXP_C2, EXP_C3, EXP_C4, EXP_C5, EXP_C6, EXP_HIGHEST, EXP_LOWEST, HALF, LN2_HIGH, LN2_LOW, LOG2_E, ONE,
  ROUND_MAGIC, SIGN_MASK, SOFTPLUS_C1, SOFTPLUS_C2, SOFTPLUS_C3, SOFTPLUS_C4, SOFTPLUS_C5, SOFTPLUS_C6, SOFTPLUS_C7,
  SOFTPLUS_C8, TINY, TWO,
} from '../generated/constants'

/** e^x; subnormal results are exact to their last place, beyond them 0 and Infinity. */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  x = f32x4.pmax(f32x4.pmin(x, splat(EXP_HIGHEST)), splat(EXP_LOWEST))
  const shifted = fma(x, splat(LOG2_E), splat(ROUND_MAGIC))
  const r = reduced(x, shifted)
  const one = splat(ONE)
  const power = fma(fma(expTail(r), r, one), r, one)
  // 2^n in two steps, because n reaches from -151 to 128. The low bits of `shifted` are n.
  const half = i32x4.shr_s(shifted, 1)
  const first = i32x4.add(i32x4.shl(half, 23), one)
  const second = i32x4.add(i32x4.shl(i32x4.sub(shifted, half), 23), one)
  return f32x4.mul(f32x4.mul(power, first), second)
}

/** e^x - 1, accurate relative to itself. */
// @ts-ignore: decorator
@inline
export function expm14(x: v128): v128 {
  const clamped = f32x4.pmax(f32x4.pmin(x, splat(EXP_HIGHEST)), splat(EXPM1_LOWEST))
  const shifted = fma(clamped, splat(LOG2_E), splat(ROUND_MAGIC))
  const r = reduced(clamped, shifted)
  const power = fma(f32x4.mul(r, r), expTail(r), r)
  // 2^n·(1 + power) - 1 = 2·(2^(n-1)·power + (2^(n-1) - 1/2)), where 2^(n-1) cannot overflow.
  const half = splat(HALF)
  const scale = i32x4.add(i32x4.shl(shifted, 23), half)
  const halved = fma(scale, power, f32x4.sub(scale, half))
  const tiny = f32x4.lt(f32x4.abs(x), splat(TINY))
  return v128.bitselect(x, f32x4.add(halved, halved), tiny)
}

/** tanh x = -t / (2 + t) with t = e^(-2|x|) - 1, and the sign of x. */
// @ts-ignore: decorator
@inline
export function tanh4(x: v128): v128 {
  const sign = splat(SIGN_MASK)
  const doubled = f32x4.pmax(v128.or(f32x4.add(x, x), sign), splat(EXPM1_LOWEST))
  const shifted = fma(doubled, splat(LOG2_E), splat(ROUND_MAGIC))
  const r = reduced(doubled, shifted)
  const power = fma(f32x4.mul(r, r), expTail(r), r)
  const one = splat(ONE)
  const scale = i32x4.add(i32x4.shl(shifted, 23), one)
  const t = fma(scale, power, f32x4.sub(scale, one))
  const size = f32x4.div(t, f32x4.add(t, splat(TWO)))
  return v128.bitselect(x, size, sign)
}

/** 1 / (1 + e^-x). */
// @ts-ignore: decorator
@inline
export function sigmoid4(x: v128): v128 {
  const one = splat(ONE)
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(x))))
}

/** log(1 + e^x) = max(x, 0) + log(1 + e^-|x|). */
// @ts-ignore: decorator
@inline
export function softplus4(x: v128): v128 {
  const t = exp4(v128.or(x, splat(SIGN_MASK)))
  let p = fma(splat(SOFTPLUS_C8), t, splat(SOFTPLUS_C7))
  p = fma(p, t, splat(SOFTPLUS_C6))
  p = fma(p, t, splat(SOFTPLUS_C5))
  p = fma(p, t, splat(SOFTPLUS_C4))
  p = fma(p, t, splat(SOFTPLUS_C3))
  p = fma(p, t, splat(SOFTPLUS_C2))
  p = fma(p, t, splat(SOFTPLUS_C1))
  p = fma(p, t, splat(ONE))
  return fma(p, t, f32x4.pmax(x, i32x4.splat(0)))
}

// x - n·ln 2, where `shifted` is the magic number + n.
// @ts-ignore: decorator
@inline
function reduced(x: v128, shifted: v128): v128 {
  const n = f32x4.sub(shifted, splat(ROUND_MAGIC))
  return fnma(n, splat(LN2_LOW), fnma(n, splat(LN2_HIGH), x))
}

// (e^r - 1 - r) / r².
// @ts-ignore: decorator
@inline
function expTail(r: v128): v128 {
  const p = fma(fma(splat(EXP_C6), r, splat(EXP_C5)), r, splat(EXP_C4))
  return fma(fma(p, r, splat(EXP_C3)), r, splat(EXP_C2))
}
