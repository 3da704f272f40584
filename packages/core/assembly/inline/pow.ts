// SPDX-License-Identifier: Apache-2.0

// f64 literals: ln 2 and its reciprocal.
const LN2: f64 = 0.6931471805599453
const LOG2_E: f64 = 1.4426950408889634

/**
 * x^y by float64, with the special cases of C's `pow` (C17, F.10.4.4): x^0 and 1^y are 1 even for NaN, a negative x
 * needs an integer y.
 */
export function pow1(x: f32, y: f32): f32 {
  if (y == 0 || x == 1) return 1
  if (x != x || y != y) return f32.NaN
  const size = <f64>abs(x)
  if (abs(y) == <f32>Infinity) {
    if (size == 1) return 1
    return (size > 1) == (y > 0) ? <f32>Infinity : 0
  }
  const integer = floor(y) == y
  const odd = integer && floor(<f64>y * 0.5) != <f64>y * 0.5
  const negative = odd && (reinterpret<i32>(x) < 0)
  let result: f32
  if (size == 0 || abs(x) == <f32>Infinity) {
    result = (size == 0) == (y > 0) ? 0 : <f32>Infinity
  } else if (x < 0 && !integer) {
    return f32.NaN
  } else {
    result = expOf(<f64>y * log64(size))
  }
  return negative ? -result : result
}

/** log x for a positive normal x, NaN for NaN and Infinity, as k·ln 2 + 2·atanh(s), s = (m - 1) / (m + 1), m in [√½, √2), to 1.3e-12. */
// @ts-ignore: decorator
@inline
export function log64(x: f64): f64 {
  const sqrtHalf: i64 = 0x3fe6a09e667f3bcd
  const offset = reinterpret<i64>(x) - sqrtHalf
  const k = offset >> 52
  const m = reinterpret<f64>((offset & 0x000fffffffffffff) + sqrtHalf)
  const s = (m - 1) / (m + 1)
  const z = s * s
  let p = 1 / 15.0 * z + 1 / 13.0
  p = p * z + 1 / 11.0
  p = p * z + 1 / 9.0
  p = p * z + 1 / 7.0
  p = p * z + 1 / 5.0
  p = p * z + 1 / 3.0
  return <f64>k * LN2 + 2 * s * (p * z + 1) + (x - x)
}

// e^t = 2^n · e^r, |r| <= ln(2) / 2, by Taylor's series to 7e-12.
// @ts-ignore: decorator
@inline
function expOf(t: f64): f32 {
  t = min<f64>(max<f64>(t, -110), 90)
  const n = nearest(t * LOG2_E)
  const r = t - n * LN2
  let p = r * (1 / 362880.0) + 1 / 40320.0
  p = p * r + 1 / 5040.0
  p = p * r + 1 / 720.0
  p = p * r + 1 / 120.0
  p = p * r + 1 / 24.0
  p = p * r + 1 / 6.0
  p = p * r + 0.5
  p = p * r + 1
  p = p * r + 1
  return <f32>(p * reinterpret<f64>((<i64>n + 1023) << 52))
}
