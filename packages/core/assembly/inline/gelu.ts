// SPDX-License-Identifier: Apache-2.0
// Smooth relatives of relu and their derivatives on four lanes. At ±Infinity they have their limits.

import { splat } from './constant'
import { exp4, sigmoid4 } from './exp'
import { fma } from './fma'
import { normalCdf4 } from './erf'
import {
  GATE_CLOSED, GELU_CUBIC, GELU_CUBIC3, GELU_SLOPE, HALF, INVERSE_SQRT_TWO_PI, ONE, SATURATED,
} from '../generated/constants'

/** x · sigmoid(x). */
// @ts-ignore: decorator
@inline
export function silu4(x: v128): v128 {
  return f32x4.mul(notBelow(x), sigmoid4(x))
}

/** The derivative of x · sigmoid(x). */
// @ts-ignore: decorator
@inline
export function siluSlope4(x: v128): v128 {
  x = cutSaturated(x)
  return gatedSlope(x, x)
}

/** x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))), as x · sigmoid of twice that. */
// @ts-ignore: decorator
@inline
export function geluTanh4(x: v128): v128 {
  return f32x4.mul(notBelow(x), sigmoid4(geluInner(x)))
}

/** The derivative of `geluTanh4`. */
// @ts-ignore: decorator
@inline
export function geluTanhSlope4(x: v128): v128 {
  x = cutSaturated(x)
  const innerSlope = f32x4.mul(splat(GELU_SLOPE), fma(f32x4.mul(x, x), splat(GELU_CUBIC3), splat(ONE)))
  return gatedSlope(cutSaturated(geluInner(x)), f32x4.mul(x, innerSlope))
}

/** x · Φ(x) = x/2 · (1 + erf(x/√2)). */
// @ts-ignore: decorator
@inline
export function geluErf4(x: v128): v128 {
  const lowest = notBelow(x)
  return f32x4.mul(lowest, normalCdf4(lowest, normalDecay(lowest)))
}

/** The derivative of x · Φ(x): Φ(x) + x · φ(x). */
// @ts-ignore: decorator
@inline
export function geluErfSlope4(x: v128): v128 {
  x = cutSaturated(x)
  const decay = normalDecay(x)
  return fma(f32x4.mul(x, splat(INVERSE_SQRT_TWO_PI)), decay, normalCdf4(x, decay))
}

// The derivative of x · s(u) with s = sigmoid(u), given x · u': s · (1 + x · u' · (1 - s)). Here 1 - s = e^-u · s, which
// does not cancel where s is near 1.
// @ts-ignore: decorator
@inline
function gatedSlope(u: v128, xSlope: v128): v128 {
  const one = splat(ONE)
  const decay = exp4(f32x4.neg(u))
  const s = f32x4.div(one, f32x4.add(one, decay))
  return f32x4.mul(s, fma(xSlope, f32x4.mul(decay, s), one))
}

// @ts-ignore: decorator
@inline
function normalDecay(x: v128): v128 {
  return exp4(f32x4.mul(f32x4.mul(x, splat(HALF)), f32x4.neg(x)))
}

// @ts-ignore: decorator
@inline
function geluInner(x: v128): v128 {
  const cubic = f32x4.mul(splat(GELU_CUBIC), f32x4.mul(x, x))
  return f32x4.mul(f32x4.mul(splat(GELU_SLOPE), x), f32x4.add(cubic, splat(ONE)))
}

// There the gate is 0, which times -Infinity would be NaN.
// @ts-ignore: decorator
@inline
function notBelow(x: v128): v128 {
  return f32x4.pmax(x, f32x4.neg(splat(GATE_CLOSED)))
}

// @ts-ignore: decorator
@inline
function cutSaturated(x: v128): v128 {
  const saturated = splat(SATURATED)
  return f32x4.pmax(f32x4.pmin(x, saturated), f32x4.neg(saturated))
}
