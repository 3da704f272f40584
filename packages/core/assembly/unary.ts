// SPDX-License-Identifier: Apache-2.0
// out[i] = f(x[i]) for i < n; `out` may be `x`. Error bounds are in the titles of unary.test.ts.

import { splat } from './inline/constant'
import { erf4 } from './inline/erf'
import { exp4, expm14, sigmoid4, softplus4, tanh4 } from './inline/exp'
import { geluErf4, geluTanh4, silu4 } from './inline/gelu'
import { log1p4, log4 } from './inline/log'
import { map, mapPair, mapWith } from './inline/map'
import { sign4 } from './inline/sign'
import { ONE } from './generated/constants'

export function exp(x: usize, out: usize, n: i32): void { map<Exp>(x, out, n) }
export function expm1(x: usize, out: usize, n: i32): void { mapPair<Expm1>(x, out, n) }
export function log(x: usize, out: usize, n: i32): void { mapPair<Log>(x, out, n) }
export function log1p(x: usize, out: usize, n: i32): void { mapPair<Log1p>(x, out, n) }
export function tanh(x: usize, out: usize, n: i32): void { map<Tanh>(x, out, n) }
export function sigmoid(x: usize, out: usize, n: i32): void { map<Sigmoid>(x, out, n) }
export function erf(x: usize, out: usize, n: i32): void { mapPair<Erf>(x, out, n) }
export function softplus(x: usize, out: usize, n: i32): void { mapPair<Softplus>(x, out, n) }
export function silu(x: usize, out: usize, n: i32): void { map<Silu>(x, out, n) }
export function geluTanh(x: usize, out: usize, n: i32): void { mapPair<GeluTanh>(x, out, n) }
export function geluErf(x: usize, out: usize, n: i32): void { mapPair<GeluErf>(x, out, n) }
export function relu(x: usize, out: usize, n: i32): void { map<Relu>(x, out, n) }
export function neg(x: usize, out: usize, n: i32): void { map<Neg>(x, out, n) }
export function abs(x: usize, out: usize, n: i32): void { map<Abs>(x, out, n) }
export function square(x: usize, out: usize, n: i32): void { map<Square>(x, out, n) }
export function sqrt(x: usize, out: usize, n: i32): void { map<Sqrt>(x, out, n) }
export function rsqrt(x: usize, out: usize, n: i32): void { map<Rsqrt>(x, out, n) }
export function reciprocal(x: usize, out: usize, n: i32): void { map<Reciprocal>(x, out, n) }
export function floor(x: usize, out: usize, n: i32): void { map<Floor>(x, out, n) }
export function sign(x: usize, out: usize, n: i32): void { map<Sign>(x, out, n) }

/** min(max(x, low), high). */
export function clip(x: usize, out: usize, n: i32, low: f32, high: f32): void {
  mapWith<Clip>(x, out, n, f32x4.splat(low), f32x4.splat(high))
}

// @ts-ignore: decorator
@unmanaged
class Exp {
  // @ts-ignore: decorator
  @inline
  of(x: v128): v128 { return exp4(x) }
}

// @ts-ignore: decorator
@unmanaged
class Expm1 {
  // @ts-ignore: decorator
  @inline
  of(x: v128): v128 { return expm14(x) }
}

// @ts-ignore: decorator
@unmanaged
class Log {
  // @ts-ignore: decorator
  @inline
  of(x: v128): v128 { return log4(x) }
}

// @ts-ignore: decorator
@unmanaged
class Log1p {
  // @ts-ignore: decorator
  @inline
  of(x: v128): v128 { return log1p4(x) }
}

// @ts-ignore: decorator
@unmanaged
class Tanh {
  // @ts-ignore: decorator
  @inline
  of(x: v128): v128 { return tanh4(x) }
}

// @ts-ignore: decorator
@unmanaged
class Sigmoid {
  // @ts-ignore: decorator
  @inline
  of(x: v128): v128 { return sigmoid4(x) }
}

// @ts-ignore: decorator
@unmanaged
class Erf {
  // @ts-ignore: decorator
  @inline
  of(x: v128): v128 { return erf4(x) }
}

// @ts-ignore: decorator
@unmanaged
class Softplus {
  // @ts-ignore: decorator
  @inline
  of(x: v128): v128 { return softplus4(x) }
}

// @ts-ignore: decorator
@unmanaged
class Silu {
  // @ts-ignore: decorator
  @inline
  of(x: v128): v128 { return silu4(x) }
}

// @ts-ignore: decorator
@unmanaged
class GeluTanh {
  // @ts-ignore: decorator
  @inline
  of(x: v128): v128 { return geluTanh4(x) }
}

// @ts-ignore: decorator
@unmanaged
class GeluErf {
  // @ts-ignore: decorator
  @inline
  of(x: v128): v128 { return geluErf4(x) }
}

// @ts-ignore: decorator
@unmanaged
class Relu {
  // @ts-ignore: decorator
  @inline
  of(x: v128): v128 { return f32x4.pmax(x, i32x4.splat(0)) }
}

// @ts-ignore: decorator
@unmanaged
class Neg {
  // @ts-ignore: decorator
  @inline
  of(x: v128): v128 { return f32x4.neg(x) }
}

// @ts-ignore: decorator
@unmanaged
class Abs {
  // @ts-ignore: decorator
  @inline
  of(x: v128): v128 { return f32x4.abs(x) }
}

// @ts-ignore: decorator
@unmanaged
class Square {
  // @ts-ignore: decorator
  @inline
  of(x: v128): v128 { return f32x4.mul(x, x) }
}

// @ts-ignore: decorator
@unmanaged
class Sqrt {
  // @ts-ignore: decorator
  @inline
  of(x: v128): v128 { return f32x4.sqrt(x) }
}

// @ts-ignore: decorator
@unmanaged
class Rsqrt {
  // @ts-ignore: decorator
  @inline
  of(x: v128): v128 { return f32x4.div(splat(ONE), f32x4.sqrt(x)) }
}

// @ts-ignore: decorator
@unmanaged
class Reciprocal {
  // @ts-ignore: decorator
  @inline
  of(x: v128): v128 { return f32x4.div(splat(ONE), x) }
}

// @ts-ignore: decorator
@unmanaged
class Floor {
  // @ts-ignore: decorator
  @inline
  of(x: v128): v128 { return f32x4.floor(x) }
}

// @ts-ignore: decorator
@unmanaged
class Sign {
  // @ts-ignore: decorator
  @inline
  of(x: v128): v128 { return sign4(x) }
}

// @ts-ignore: decorator
@unmanaged
class Clip {
  // @ts-ignore: decorator
  @inline
  of(x: v128, low: v128, high: v128): v128 { return f32x4.pmin(f32x4.pmax(x, low), high) }
}
