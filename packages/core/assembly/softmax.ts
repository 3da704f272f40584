// SPDX-License-Identifier: Apache-2.0
// Softmax and its relatives over the rows of x[rows, n]. A row's greatest element is taken off first, so nothing
// overflows. A row with a NaN or Infinity, or with nothing but -Infinity, becomes NaN.

import { exp4 } from './inline/exp'
import { expAndSum, rowGreatest, scaleRow, sumOfExp } from './inline/exp-row'
import { mapWith, zipWith } from './inline/map'
import { log64 } from './inline/pow'
import { sumOfProducts, sumOfRow } from './inline/sum-row'

/** `out = e^x / Σ e^x`; `out` may be `x`. */
export function softmax(x: usize, out: usize, rows: i32, n: i32): void {
  const pitch = <usize>n << 2
  for (let row = 0; row < rows; row++) {
    const total = expAndSum(x, out, n, rowGreatest(x, n))
    scaleRow(out, out, n, <f32>(1 / total))
    x += pitch
    out += pitch
  }
}

/** `out = x - log Σ e^x`; `out` may be `x`. */
export function logSoftmax(x: usize, out: usize, rows: i32, n: i32): void {
  const pitch = <usize>n << 2
  for (let row = 0; row < rows; row++) {
    const greatest = rowGreatest(x, n)
    const logTotal = <f32>log64(sumOfExp(x, n, greatest))
    mapWith<Lowered>(x, out, n, f32x4.splat(greatest), f32x4.splat(logTotal))
    x += pitch
    out += pitch
  }
}

/** `out[row] = log Σ e^x`; Infinity and -Infinity where they must be. */
export function logSumExp(x: usize, out: usize, rows: i32, n: i32): void {
  for (let row = 0; row < rows; row++) {
    // Finite, so that a row of -Infinity has the sum 0, and a row with Infinity the sum Infinity.
    const shift = max<f32>(min<f32>(rowGreatest(x, n), f32.MAX_VALUE), -f32.MAX_VALUE)
    const total = sumOfExp(x, n, shift)
    let result = total
    if (total == 0) result = -Infinity
    else if (total < Infinity) result = <f64>shift + log64(total)
    store<f32>(out, <f32>result)
    x += <usize>n << 2
    out += 4
  }
}

/** `dx = y · (dy - Σ dy·y)` for y = softmax(x); `dx` may be `y` or `dy`. */
export function softmaxGrad(y: usize, dy: usize, dx: usize, rows: i32, n: i32): void {
  const pitch = <usize>n << 2
  for (let row = 0; row < rows; row++) {
    zipWith<SoftmaxGrad>(y, dy, dx, n, f32x4.splat(<f32>sumOfProducts(y, dy, n)), f32x4.splat(0))
    y += pitch
    dy += pitch
    dx += pitch
  }
}

/** `dx = dy - e^y · Σ dy` for y = logSoftmax(x); `dx` may be `y` or `dy`. */
export function logSoftmaxGrad(y: usize, dy: usize, dx: usize, rows: i32, n: i32): void {
  const pitch = <usize>n << 2
  for (let row = 0; row < rows; row++) {
    zipWith<LogSoftmaxGrad>(y, dy, dx, n, f32x4.splat(<f32>sumOfRow(dy, n)), f32x4.splat(0))
    y += pitch
    dy += pitch
    dx += pitch
  }
}

// @ts-ignore: decorator
@unmanaged
class Lowered {
  // @ts-ignore: decorator
  @inline
  of(x: v128, first: v128, second: v128): v128 { return f32x4.sub(f32x4.sub(x, first), second) }
}

// @ts-ignore: decorator
@unmanaged
class SoftmaxGrad {
  // @ts-ignore: decorator
  @inline
  of(y: v128, dy: v128, product: v128, unused: v128): v128 { return f32x4.mul(y, f32x4.sub(dy, product)) }
}

// @ts-ignore: decorator
@unmanaged
class LogSoftmaxGrad {
  // @ts-ignore: decorator
  @inline
  of(y: v128, dy: v128, total: v128, unused: v128): v128 { return f32x4.sub(dy, f32x4.mul(exp4(y), total)) }
}
