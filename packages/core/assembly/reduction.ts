// SPDX-License-Identifier: Apache-2.0
// Reductions of x[outer, axis, inner] to out[outer, inner]; orders and error bounds are in inline/reduce.ts.

import { reduce, reduceRow } from './inline/reduce'
import { loadPart, partBetween, storePart } from './inline/part'

export function sum(x: usize, out: usize, outer: i32, axis: i32, inner: i32): void {
  reduce<Sum>(x, out, outer, axis, inner, 1)
}

export function mean(x: usize, out: usize, outer: i32, axis: i32, inner: i32): void {
  reduce<Sum>(x, out, outer, axis, inner, <f32>axis)
}

export function sumOfSquares(x: usize, out: usize, outer: i32, axis: i32, inner: i32): void {
  reduce<SumOfSquares>(x, out, outer, axis, inner, 1)
}

export function prod(x: usize, out: usize, outer: i32, axis: i32, inner: i32): void {
  reduce<Product>(x, out, outer, axis, inner, 1)
}

export function max(x: usize, out: usize, outer: i32, axis: i32, inner: i32): void {
  reduce<Greatest>(x, out, outer, axis, inner, 1)
}

export function min(x: usize, out: usize, outer: i32, axis: i32, inner: i32): void {
  reduce<Least>(x, out, outer, axis, inner, 1)
}

/** The int32 place of the greatest element along the axis: the first of equals, the first NaN before all numbers. */
export function argMax(x: usize, out: usize, outer: i32, axis: i32, inner: i32): void {
  const pitch = <usize>inner << 2
  for (let i = 0; i < outer; i++) {
    if (inner == 1) store<i32>(out, rowArgMax(x, axis))
    else columnsArgMax(x, out, axis, inner)
    x += <usize>axis * pitch
    out += pitch
  }
}

function rowArgMax(x: usize, n: i32): i32 {
  const greatest = <f32>reduceRow<Greatest>(x, n)
  const greatests = f32x4.splat(greatest)
  const wantNaN = greatest != greatest
  let i = 0
  for (; i + 4 <= n; i += 4) {
    const value = v128.load(x + (<usize>i << 2))
    const found = wantNaN ? f32x4.ne(value, value) : f32x4.eq(value, greatests)
    if (v128.any_true(found)) return i + ctz(i32x4.bitmask(found))
  }
  for (; i < n; i++) {
    const value = load<f32>(x + (<usize>i << 2))
    if (wantNaN ? value != value : value == greatest) return i
  }
  return 0
}

function columnsArgMax(x: usize, out: usize, axis: i32, inner: i32): void {
  const pitch = <usize>inner << 2
  const end = x + pitch
  for (; x < end; x += 16, out += 16) {
    const count = partBetween(x, end)
    let best = loadPart(x, count)
    let place = i32x4.splat(0)
    let at = x + pitch
    for (let row = 1; row < axis; row++) {
      const value = loadPart(at, count)
      const bestIsNumber = f32x4.eq(best, best)
      const better = v128.andnot(bestIsNumber, f32x4.le(value, best))
      best = v128.bitselect(value, best, better)
      place = v128.bitselect(i32x4.splat(row), place, better)
      at += pitch
    }
    storePart(out, place, count)
  }
}

// @ts-ignore: decorator
@unmanaged
class Sum {
  // @ts-ignore: decorator
  @inline
  start(): v128 { return f32x4.splat(0) }
  // @ts-ignore: decorator
  @inline
  of(sum: v128, x: v128): v128 { return f32x4.add(sum, x) }
  // @ts-ignore: decorator
  @inline
  join(a: v128, b: v128): v128 { return f32x4.add(a, b) }
  // @ts-ignore: decorator
  @inline
  merge(total: f64, a: f64): f64 { return total + a }
  // @ts-ignore: decorator
  @inline
  one(x: f64): f64 { return x }
}

// @ts-ignore: decorator
@unmanaged
class SumOfSquares {
  // @ts-ignore: decorator
  @inline
  start(): v128 { return f32x4.splat(0) }
  // @ts-ignore: decorator
  @inline
  of(sum: v128, x: v128): v128 { return f32x4.add(sum, f32x4.mul(x, x)) }
  // @ts-ignore: decorator
  @inline
  join(a: v128, b: v128): v128 { return f32x4.add(a, b) }
  // @ts-ignore: decorator
  @inline
  merge(total: f64, a: f64): f64 { return total + a }
  // @ts-ignore: decorator
  @inline
  one(x: f64): f64 { return x * x }
}

// @ts-ignore: decorator
@unmanaged
class Product {
  // @ts-ignore: decorator
  @inline
  start(): v128 { return f32x4.splat(1) }
  // @ts-ignore: decorator
  @inline
  of(product: v128, x: v128): v128 { return f32x4.mul(product, x) }
  // @ts-ignore: decorator
  @inline
  join(a: v128, b: v128): v128 { return f32x4.mul(a, b) }
  // @ts-ignore: decorator
  @inline
  merge(total: f64, a: f64): f64 { return total * a }
  // @ts-ignore: decorator
  @inline
  one(x: f64): f64 { return x }
}

// @ts-ignore: decorator
@unmanaged
class Greatest {
  // @ts-ignore: decorator
  @inline
  start(): v128 { return f32x4.splat(-Infinity) }
  // @ts-ignore: decorator
  @inline
  of(greatest: v128, x: v128): v128 { return f32x4.max(greatest, x) }
  // @ts-ignore: decorator
  @inline
  join(a: v128, b: v128): v128 { return f32x4.max(a, b) }
  // @ts-ignore: decorator
  @inline
  merge(total: f64, a: f64): f64 { return f64.max(total, a) }
  // @ts-ignore: decorator
  @inline
  one(x: f64): f64 { return x }
}

// @ts-ignore: decorator
@unmanaged
class Least {
  // @ts-ignore: decorator
  @inline
  start(): v128 { return f32x4.splat(Infinity) }
  // @ts-ignore: decorator
  @inline
  of(least: v128, x: v128): v128 { return f32x4.min(least, x) }
  // @ts-ignore: decorator
  @inline
  join(a: v128, b: v128): v128 { return f32x4.min(a, b) }
  // @ts-ignore: decorator
  @inline
  merge(total: f64, a: f64): f64 { return f64.min(total, a) }
  // @ts-ignore: decorator
  @inline
  one(x: f64): f64 { return x }
}
