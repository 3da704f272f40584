// SPDX-License-Identifier: Apache-2.0
// Sums over a row: float32 in blocks of 1024 elements over 16 lanes, float64 between them.

import { fma } from './fma'
import { firstLanes, loadPart, partBetween } from './part'

const BLOCK_BYTES: usize = 4096

/** Σ x. */
export function sumOfRow(x: usize, n: i32): f64 {
  return blocks<Element>(x, x, n, f32x4.splat(0))
}

/** Σ x·y. */
export function sumOfProducts(x: usize, y: usize, n: i32): f64 {
  return blocks<Product>(x, y, n, f32x4.splat(0))
}

/** Σ (x - center)². */
export function sumOfSquaresAround(x: usize, n: i32, center: f32): f64 {
  return blocks<Deviation>(x, x, n, f32x4.splat(center))
}

/** The sum of four lanes. */
// @ts-ignore: decorator
@inline
export function sumOfLanes(value: v128): f64 {
  const low = <f64>f32x4.extract_lane(value, 0) + <f64>f32x4.extract_lane(value, 1)
  return low + (<f64>f32x4.extract_lane(value, 2) + <f64>f32x4.extract_lane(value, 3))
}

// @ts-ignore: decorator
@inline
function blocks<Term>(x: usize, y: usize, n: i32, p: v128): f64 {
  const term = changetype<Term>(0)
  const end = x + (<usize>n << 2)
  let total: f64 = 0
  while (end - x >= 64) {
    const blockEnd = x + min<usize>(BLOCK_BYTES, (end - x) & ~63)
    let a = f32x4.splat(0)
    let b = a
    let c = a
    let d = a
    for (; x < blockEnd; x += 64, y += 64) {
      a = term.add(a, v128.load(x), v128.load(y), p)
      b = term.add(b, v128.load(x, 16), v128.load(y, 16), p)
      c = term.add(c, v128.load(x, 32), v128.load(y, 32), p)
      d = term.add(d, v128.load(x, 48), v128.load(y, 48), p)
    }
    total += sumOfLanes(f32x4.add(f32x4.add(a, c), f32x4.add(b, d)))
  }
  let rest = f32x4.splat(0)
  for (; end - x >= 16; x += 16, y += 16) rest = term.add(rest, v128.load(x), v128.load(y), p)
  if (x < end) {
    const count = partBetween(x, end)
    // The lanes that are not there hold p and 0, which add nothing.
    const left = v128.bitselect(loadPart(x, count), p, firstLanes(count))
    rest = term.add(rest, left, loadPart(y, count), p)
  }
  return total + sumOfLanes(rest)
}

// @ts-ignore: decorator
@unmanaged
class Element {
  // @ts-ignore: decorator
  @inline
  add(sum: v128, x: v128, y: v128, p: v128): v128 { return f32x4.add(sum, x) }
}

// @ts-ignore: decorator
@unmanaged
class Product {
  // @ts-ignore: decorator
  @inline
  add(sum: v128, x: v128, y: v128, p: v128): v128 { return fma(x, y, sum) }
}

// @ts-ignore: decorator
@unmanaged
class Deviation {
  // @ts-ignore: decorator
  @inline
  add(sum: v128, x: v128, y: v128, p: v128): v128 {
    const deviation = f32x4.sub(x, p)
    return fma(deviation, deviation, sum)
  }
}
