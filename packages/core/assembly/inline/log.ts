// SPDX-License-Identifier: Apache-2.0
// Logarithms on four lanes: -Infinity at the pole, NaN below it, Infinity and NaN as they come.

import { splat } from './constant'
import { fma, fnma } from './fma'
import {
  HALF, INFINITY, LN2_HIGH, LN2_LOW, LOG_C0, LOG_C1, LOG_C2, LOG_C3, LOG_C4, LOG_C5, LOG_C6, LOG_C7, MANTISSA_MASK,
  MINUS23, MINUS_INFINITY, MOST_EXPONENT, ONE, SMALLEST_NORMAL, SQRT_HALF_BITS, TWO_TO23,
} from '../generated/constants'

/** The natural logarithm of x. */
// @ts-ignore: decorator
@inline
export function log4(x: v128): v128 {
  const subnormal = f32x4.lt(x, splat(SMALLEST_NORMAL))
  const normal = v128.bitselect(f32x4.mul(x, splat(TWO_TO23)), x, subnormal)
  const offset = i32x4.sub(normal, splat(SQRT_HALF_BITS))
  const k = f32x4.add(f32x4.convert_i32x4_s(i32x4.shr_s(offset, 23)), v128.and(subnormal, splat(MINUS23)))
  const mantissa = i32x4.add(v128.and(offset, splat(MANTISSA_MASK)), splat(SQRT_HALF_BITS))
  const result = logOf(f32x4.sub(mantissa, splat(ONE)), k)
  return withEdges(x, result, i32x4.splat(0))
}

/** log(1 + x), accurate relative to itself. */
// @ts-ignore: decorator
@inline
export function log1p4(x: v128): v128 {
  const one = splat(ONE)
  const sum = f32x4.add(one, x)
  // With k the exponent of 1 + x, m - 1 = 2^-k·x + (2^-k - 1) has none of the rounding of 1 + x.
  const exponent = i32x4.shr_s(i32x4.sub(sum, splat(SQRT_HALF_BITS)), 23)
  const scaled = i32x4.sub(x, i32x4.shl(exponent, 23))
  const power = i32x4.sub(one, i32x4.shl(i32x4.min_s(exponent, splat(MOST_EXPONENT)), 23))
  const result = logOf(f32x4.add(scaled, f32x4.sub(power, one)), f32x4.convert_i32x4_s(exponent))
  const zero = f32x4.eq(x, i32x4.splat(0))
  return v128.bitselect(x, withEdges(sum, result, i32x4.splat(0)), zero)
}

// log(1 + f) + k·ln 2.
// @ts-ignore: decorator
@inline
function logOf(f: v128, k: v128): v128 {
  let p = fma(splat(LOG_C7), f, splat(LOG_C6))
  p = fma(p, f, splat(LOG_C5))
  p = fma(p, f, splat(LOG_C4))
  p = fma(p, f, splat(LOG_C3))
  p = fma(p, f, splat(LOG_C2))
  p = fma(p, f, splat(LOG_C1))
  p = fma(p, f, splat(LOG_C0))
  const square = f32x4.mul(f, f)
  const small = fnma(splat(HALF), square, fma(f32x4.mul(square, f), p, f32x4.mul(k, splat(LN2_LOW))))
  return fma(k, splat(LN2_HIGH), f32x4.add(f, small))
}

// A comparison that holds is NaN as a float.
// @ts-ignore: decorator
@inline
function withEdges(x: v128, result: v128, zero: v128): v128 {
  const finite = f32x4.lt(x, splat(INFINITY))
  const positive = v128.or(v128.bitselect(result, x, finite), f32x4.lt(x, zero))
  return v128.bitselect(splat(MINUS_INFINITY), positive, f32x4.eq(x, zero))
}
