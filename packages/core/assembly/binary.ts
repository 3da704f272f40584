// SPDX-License-Identifier: Apache-2.0
// out = f(a, b) with broadcasting over three axes (see inline/broadcast.ts), and sums of scaled tensors.

import { broadcast } from './inline/broadcast'
import { mapWith, zip, zipWith } from './inline/map'
import { pow1 } from './inline/pow'

export function add(
  a: usize, b: usize, out: usize, outer: i32, middle: i32, inner: i32,
  aOuter: i32, aMiddle: i32, aInner: i32, bOuter: i32, bMiddle: i32, bInner: i32,
): void {
  broadcast<Add>(a, b, out, outer, middle, inner, aOuter, aMiddle, aInner, bOuter, bMiddle, bInner)
}

export function sub(
  a: usize, b: usize, out: usize, outer: i32, middle: i32, inner: i32,
  aOuter: i32, aMiddle: i32, aInner: i32, bOuter: i32, bMiddle: i32, bInner: i32,
): void {
  broadcast<Sub>(a, b, out, outer, middle, inner, aOuter, aMiddle, aInner, bOuter, bMiddle, bInner)
}

export function mul(
  a: usize, b: usize, out: usize, outer: i32, middle: i32, inner: i32,
  aOuter: i32, aMiddle: i32, aInner: i32, bOuter: i32, bMiddle: i32, bInner: i32,
): void {
  broadcast<Mul>(a, b, out, outer, middle, inner, aOuter, aMiddle, aInner, bOuter, bMiddle, bInner)
}

export function div(
  a: usize, b: usize, out: usize, outer: i32, middle: i32, inner: i32,
  aOuter: i32, aMiddle: i32, aInner: i32, bOuter: i32, bMiddle: i32, bInner: i32,
): void {
  broadcast<Div>(a, b, out, outer, middle, inner, aOuter, aMiddle, aInner, bOuter, bMiddle, bInner)
}

export function minimum(
  a: usize, b: usize, out: usize, outer: i32, middle: i32, inner: i32,
  aOuter: i32, aMiddle: i32, aInner: i32, bOuter: i32, bMiddle: i32, bInner: i32,
): void {
  broadcast<Minimum>(a, b, out, outer, middle, inner, aOuter, aMiddle, aInner, bOuter, bMiddle, bInner)
}

export function maximum(
  a: usize, b: usize, out: usize, outer: i32, middle: i32, inner: i32,
  aOuter: i32, aMiddle: i32, aInner: i32, bOuter: i32, bMiddle: i32, bInner: i32,
): void {
  broadcast<Maximum>(a, b, out, outer, middle, inner, aOuter, aMiddle, aInner, bOuter, bMiddle, bInner)
}

export function squaredDifference(
  a: usize, b: usize, out: usize, outer: i32, middle: i32, inner: i32,
  aOuter: i32, aMiddle: i32, aInner: i32, bOuter: i32, bMiddle: i32, bInner: i32,
): void {
  broadcast<SquaredDifference>(a, b, out, outer, middle, inner, aOuter, aMiddle, aInner, bOuter, bMiddle, bInner)
}

export function pow(
  a: usize, b: usize, out: usize, outer: i32, middle: i32, inner: i32,
  aOuter: i32, aMiddle: i32, aInner: i32, bOuter: i32, bMiddle: i32, bInner: i32,
): void {
  broadcast<Pow>(a, b, out, outer, middle, inner, aOuter, aMiddle, aInner, bOuter, bMiddle, bInner)
}

/** `sum[i] += x[i]`. */
export function addInPlace(sum: usize, x: usize, n: i32): void {
  zip<Add>(sum, x, sum, n)
}

/** `out[i] = factor · x[i] + term`; `out` may be `x`. */
export function affine(x: usize, out: usize, n: i32, factor: f32, term: f32): void {
  mapWith<Affine>(x, out, n, f32x4.splat(factor), f32x4.splat(term))
}

/** `out[i] = xFactor · x[i] + yFactor · y[i]`; `out` may be `x` or `y`. */
export function axpby(x: usize, y: usize, out: usize, n: i32, xFactor: f32, yFactor: f32): void {
  zipWith<Axpby>(x, y, out, n, f32x4.splat(xFactor), f32x4.splat(yFactor))
}

// @ts-ignore: decorator
@unmanaged
class Add {
  // @ts-ignore: decorator
  @inline
  of(a: v128, b: v128): v128 { return f32x4.add(a, b) }
}

// @ts-ignore: decorator
@unmanaged
class Sub {
  // @ts-ignore: decorator
  @inline
  of(a: v128, b: v128): v128 { return f32x4.sub(a, b) }
}

// @ts-ignore: decorator
@unmanaged
class Mul {
  // @ts-ignore: decorator
  @inline
  of(a: v128, b: v128): v128 { return f32x4.mul(a, b) }
}

// @ts-ignore: decorator
@unmanaged
class Div {
  // @ts-ignore: decorator
  @inline
  of(a: v128, b: v128): v128 { return f32x4.div(a, b) }
}

// @ts-ignore: decorator
@unmanaged
class Minimum {
  // @ts-ignore: decorator
  @inline
  of(a: v128, b: v128): v128 { return f32x4.min(a, b) }
}

// @ts-ignore: decorator
@unmanaged
class Maximum {
  // @ts-ignore: decorator
  @inline
  of(a: v128, b: v128): v128 { return f32x4.max(a, b) }
}

// @ts-ignore: decorator
@unmanaged
class SquaredDifference {
  // @ts-ignore: decorator
  @inline
  of(a: v128, b: v128): v128 {
    const difference = f32x4.sub(a, b)
    return f32x4.mul(difference, difference)
  }
}

// @ts-ignore: decorator
@unmanaged
class Pow {
  // @ts-ignore: decorator
  @inline
  of(a: v128, b: v128): v128 { return pow4(a, b) }
}

// @ts-ignore: decorator
@unmanaged
class Affine {
  // @ts-ignore: decorator
  @inline
  of(x: v128, factor: v128, term: v128): v128 { return f32x4.add(f32x4.mul(x, factor), term) }
}

// @ts-ignore: decorator
@unmanaged
class Axpby {
  // @ts-ignore: decorator
  @inline
  of(x: v128, y: v128, a: v128, b: v128): v128 { return f32x4.add(f32x4.mul(x, a), f32x4.mul(y, b)) }
}

function pow4(a: v128, b: v128): v128 {
  const first = f32x4.splat(pow1(f32x4.extract_lane(a, 0), f32x4.extract_lane(b, 0)))
  const second = f32x4.replace_lane(first, 1, pow1(f32x4.extract_lane(a, 1), f32x4.extract_lane(b, 1)))
  const third = f32x4.replace_lane(second, 2, pow1(f32x4.extract_lane(a, 2), f32x4.extract_lane(b, 2)))
  return f32x4.replace_lane(third, 3, pow1(f32x4.extract_lane(a, 3), f32x4.extract_lane(b, 3)))
}
