// SPDX-License-Identifier: Apache-2.0
// Backward of activations in one pass: the derivative times dy, from the output y or the input x. `out` may be dy or
// the other input.

import { splat } from './inline/constant'
import { sigmoid4 } from './inline/exp'
import { fnma } from './inline/fma'
import { geluErfSlope4, geluTanhSlope4, siluSlope4 } from './inline/gelu'
import { zip, zipPair } from './inline/map'
import { ONE } from './generated/constants'

export function tanhGrad(y: usize, dy: usize, out: usize, n: i32): void { zip<TanhGrad>(y, dy, out, n) }
export function sigmoidGrad(y: usize, dy: usize, out: usize, n: i32): void { zip<SigmoidGrad>(y, dy, out, n) }
export function reluGrad(x: usize, dy: usize, out: usize, n: i32): void { zip<ReluGrad>(x, dy, out, n) }
export function softplusGrad(x: usize, dy: usize, out: usize, n: i32): void { zipPair<SoftplusGrad>(x, dy, out, n) }
export function siluGrad(x: usize, dy: usize, out: usize, n: i32): void { zipPair<SiluGrad>(x, dy, out, n) }
export function geluTanhGrad(x: usize, dy: usize, out: usize, n: i32): void { zipPair<GeluTanhGrad>(x, dy, out, n) }
export function geluErfGrad(x: usize, dy: usize, out: usize, n: i32): void { zipPair<GeluErfGrad>(x, dy, out, n) }

// @ts-ignore: decorator
@unmanaged
class TanhGrad {
  // @ts-ignore: decorator
  @inline
  of(y: v128, dy: v128): v128 { return f32x4.mul(dy, fnma(y, y, splat(ONE))) }
}

// @ts-ignore: decorator
@unmanaged
class SigmoidGrad {
  // @ts-ignore: decorator
  @inline
  of(y: v128, dy: v128): v128 { return f32x4.mul(dy, f32x4.mul(y, f32x4.sub(splat(ONE), y))) }
}

// @ts-ignore: decorator
@unmanaged
class ReluGrad {
  // @ts-ignore: decorator
  @inline
  of(x: v128, dy: v128): v128 { return v128.and(dy, f32x4.gt(x, i32x4.splat(0))) }
}

// @ts-ignore: decorator
@unmanaged
class SoftplusGrad {
  // @ts-ignore: decorator
  @inline
  of(x: v128, dy: v128): v128 { return f32x4.mul(dy, sigmoid4(x)) }
}

// @ts-ignore: decorator
@unmanaged
class SiluGrad {
  // @ts-ignore: decorator
  @inline
  of(x: v128, dy: v128): v128 { return f32x4.mul(dy, siluSlope4(x)) }
}

// @ts-ignore: decorator
@unmanaged
class GeluTanhGrad {
  // @ts-ignore: decorator
  @inline
  of(x: v128, dy: v128): v128 { return f32x4.mul(dy, geluTanhSlope4(x)) }
}

// @ts-ignore: decorator
@unmanaged
class GeluErfGrad {
  // @ts-ignore: decorator
  @inline
  of(x: v128, dy: v128): v128 { return f32x4.mul(dy, geluErfSlope4(x)) }
}
