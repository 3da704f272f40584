// SPDX-License-Identifier: Apache-2.0
// The error function and the normal distribution on four lanes.

import { splat } from './constant'
import { exp4 } from './exp'
import { fma, fnma } from './fma'
import {
  ERF_C0, ERF_C1, ERF_C2, ERF_C3, ERF_C4, ERF_C5, ERF_SMALL, HALF, MILLS_HIGHEST, MILLS_P1, MILLS_P2, MILLS_P3,
  MILLS_P4, MILLS_Q1, MILLS_Q2, MILLS_Q3, MILLS_Q4, MILLS_Q5, ONE, SIGN_MASK, SQRT_TWO, TWO,
} from '../generated/constants'

/** The error function, 2/√π · ∫₀ˣ e^(-t²) dt: a series near 0, beyond it 1 - 2 · (1 - Φ(√2·|x|)) with the sign of x. */
// @ts-ignore: decorator
@inline
export function erf4(x: v128): v128 {
  const z = f32x4.mul(x, x)
  let p = fma(splat(ERF_C5), z, splat(ERF_C4))
  p = fma(p, z, splat(ERF_C3))
  p = fma(p, z, splat(ERF_C2))
  p = fma(p, z, splat(ERF_C1))
  p = fma(p, z, splat(ERF_C0))
  const near = fma(p, x, x)
  const size = f32x4.abs(x)
  const far = fnma(splat(TWO), upperTail(f32x4.mul(size, splat(SQRT_TWO)), exp4(f32x4.neg(z))), splat(ONE))
  const signed = v128.bitselect(x, far, splat(SIGN_MASK))
  return v128.bitselect(near, signed, f32x4.lt(size, splat(ERF_SMALL)))
}

/** The normal distribution Φ(x), given e^(-x²/2); accurate relative to itself on the left. */
// @ts-ignore: decorator
@inline
export function normalCdf4(x: v128, decay: v128): v128 {
  const tail = upperTail(f32x4.abs(x), decay)
  return v128.bitselect(tail, f32x4.sub(splat(ONE), tail), f32x4.lt(x, i32x4.splat(0)))
}

// 1 - Φ(a) for a >= 0, given e^(-a²/2).
// @ts-ignore: decorator
@inline
function upperTail(a: v128, decay: v128): v128 {
  a = f32x4.pmin(a, splat(MILLS_HIGHEST))
  let p = fma(splat(MILLS_P4), a, splat(MILLS_P3))
  let q = fma(splat(MILLS_Q5), a, splat(MILLS_Q4))
  p = fma(p, a, splat(MILLS_P2))
  q = fma(q, a, splat(MILLS_Q3))
  p = fma(p, a, splat(MILLS_P1))
  q = fma(q, a, splat(MILLS_Q2))
  p = fma(p, a, splat(HALF))
  q = fma(q, a, splat(MILLS_Q1))
  return f32x4.div(f32x4.mul(decay, p), fma(q, a, splat(ONE)))
}
