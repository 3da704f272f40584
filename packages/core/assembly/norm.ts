// SPDX-License-Identifier: Apache-2.0
// The parts of a global norm.

import { loadPart, partBetween, storePart } from './inline/part'

/**
 * The sum of x[i]² for i < n in float64. Eight sums run side by side; squares of floats are exact in float64, so every
 * build rounds alike.
 */
export function squaredNorm(x: usize, n: i32): f64 {
  let a = f64x2.splat(0), b = a, c = a, d = a
  const end = x + (<usize>n << 2)
  while (end - x >= 32) {
    const x0 = v128.load(x), x1 = v128.load(x, 16)
    a = f64x2.add(a, lowSquares(x0))
    b = f64x2.add(b, lowSquares(swapped(x0)))
    c = f64x2.add(c, lowSquares(x1))
    d = f64x2.add(d, lowSquares(swapped(x1)))
    x += 32
  }
  for (; x < end; x += 16) {
    const x0 = loadPart(x, partBetween(x, end))
    a = f64x2.add(a, lowSquares(x0))
    b = f64x2.add(b, lowSquares(swapped(x0)))
  }
  const sum = f64x2.add(f64x2.add(a, b), f64x2.add(c, d))
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)
}

/** `x[i] *= factor`. */
export function scaleInPlace(x: usize, n: i32, factor: f64): void {
  const factors = f32x4.splat(<f32>factor)
  const end = x + (<usize>n << 2)
  while (end - x >= 32) {
    const x0 = f32x4.mul(v128.load(x), factors), x1 = f32x4.mul(v128.load(x, 16), factors)
    v128.store(x, x0)
    v128.store(x, x1, 16)
    x += 32
  }
  for (; x < end; x += 16) {
    const count = partBetween(x, end)
    storePart(x, f32x4.mul(loadPart(x, count), factors), count)
  }
}

// @ts-ignore: decorator
@inline
function lowSquares(x: v128): v128 {
  const wide = f64x2.promote_low_f32x4(x)
  return f64x2.mul(wide, wide)
}

// @ts-ignore: decorator
@inline
function swapped(x: v128): v128 {
  return v128.shuffle<i32>(x, x, 2, 3, 0, 1)
}
