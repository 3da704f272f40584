// SPDX-License-Identifier: Apache-2.0
// Layer normalisation of the rows of x[rows, n] (Ba, Kiros and Hinton 2016). With m the mean and r = 1 / √(variance + ε)
// of a row, the normalised row is z = (x - m) · r and y = z · gamma + beta.

import { fill } from './copy'
import { fma } from './inline/fma'
import { loadPart, partBetween, storePart } from './inline/part'
import { sumOfLanes, sumOfRow, sumOfSquaresAround } from './inline/sum-row'

const BLOCK_ROWS = 128

/**
 * Writes y[rows, n], mean[rows] and rstd[rows] = r. `gamma` and `beta` may be 0, for ones and zeros; `y` may be `x`.
 * The variance is the mean square of x - m, with n in the denominator.
 */
export function layerNorm(
  x: usize, gamma: usize, beta: usize, y: usize, mean: usize, rstd: usize, rows: i32, n: i32, epsilon: f32,
): void {
  const pitch = <usize>n << 2
  for (let row = 0; row < rows; row++) {
    const m = <f32>(sumOfRow(x, n) / <f64>n)
    const variance = sumOfSquaresAround(x, n, m) / <f64>n
    const r = <f32>(1 / sqrt<f64>(variance + <f64>epsilon))
    store<f32>(mean, m)
    store<f32>(rstd, r)
    const means = f32x4.splat(m)
    const factors = f32x4.splat(r)
    let at: usize = 0
    for (; pitch - at >= 32; at += 32) {
      const a = normalised(x, gamma, beta, at, 4, means, factors)
      const b = normalised(x, gamma, beta, at + 16, 4, means, factors)
      v128.store(y + at, a)
      v128.store(y + at, b, 16)
    }
    for (; at < pitch; at += 16) {
      const count = partBetween(at, pitch)
      storePart(y + at, normalised(x, gamma, beta, at, count, means, factors), count)
    }
    x += pitch
    y += pitch
    mean += 4
    rstd += 4
  }
}

/**
 * Backward of `layerNorm`, with g = dy · gamma: dx = r · (g - mean(g) - z · mean(g · z)), dgamma = Σ dy · z and
 * dbeta = Σ dy over the rows. Each of `dx`, `dgamma` and `dbeta` may be 0, to be left out; `dx` may be `dy`.
 */
export function layerNormGrad(
  x: usize, gamma: usize, mean: usize, rstd: usize, dy: usize,
  dx: usize, dgamma: usize, dbeta: usize, rows: i32, n: i32,
): void {
  if (dgamma || dbeta) parameterGrads(x, mean, rstd, dy, dgamma, dbeta, rows, n)
  if (!dx) return
  const pitch = <usize>n << 2
  for (let row = 0; row < rows; row++) {
    inputGrad(x, gamma, load<f32>(mean), load<f32>(rstd), dy, dx, n)
    x += pitch
    dy += pitch
    dx += pitch
    mean += 4
    rstd += 4
  }
}

// @ts-ignore: decorator
@inline
function normalised(x: usize, gamma: usize, beta: usize, at: usize, count: i32, means: v128, factors: v128): v128 {
  let value = f32x4.mul(f32x4.sub(loadPart(x + at, count), means), factors)
  if (gamma) value = f32x4.mul(value, loadPart(gamma + at, count))
  if (beta) value = f32x4.add(value, loadPart(beta + at, count))
  return value
}

function inputGrad(x: usize, gamma: usize, m: f32, r: f32, dy: usize, dx: usize, n: i32): void {
  const means = f32x4.splat(m)
  const factors = f32x4.splat(r)
  const bytes = <usize>n << 2
  let total: f64 = 0
  let totalWithZ: f64 = 0
  for (let block: usize = 0; block < bytes; block += 2048) {
    const end = min<usize>(block + 2048, bytes)
    let at = block
    let sum = f32x4.splat(0)
    let sumWithZ = sum
    let sum2 = sum
    let sumWithZ2 = sum
    for (; end - at >= 32; at += 32) {
      const g = scaled(dy, gamma, at, 4)
      const g2 = scaled(dy, gamma, at + 16, 4)
      sum = f32x4.add(sum, g)
      sum2 = f32x4.add(sum2, g2)
      sumWithZ = fma(g, normalised(x, 0, 0, at, 4, means, factors), sumWithZ)
      sumWithZ2 = fma(g2, normalised(x, 0, 0, at + 16, 4, means, factors), sumWithZ2)
    }
    for (; at < end; at += 16) {
      const count = partBetween(at, end)
      // Absent lanes have g = 0, and z is finite there or NaN everywhere.
      const g = scaled(dy, gamma, at, count)
      sum = f32x4.add(sum, g)
      sumWithZ = fma(g, normalised(x, 0, 0, at, count, means, factors), sumWithZ)
    }
    total += sumOfLanes(f32x4.add(sum, sum2))
    totalWithZ += sumOfLanes(f32x4.add(sumWithZ, sumWithZ2))
  }
  const meanOfG = f32x4.splat(<f32>(total / <f64>n))
  const meanWithZ = f32x4.splat(<f32>(totalWithZ / <f64>n))
  let at: usize = 0
  for (; bytes - at >= 32; at += 32) {
    const a = inputChange(x, gamma, dy, at, 4, means, factors, meanOfG, meanWithZ)
    const b = inputChange(x, gamma, dy, at + 16, 4, means, factors, meanOfG, meanWithZ)
    v128.store(dx + at, a)
    v128.store(dx + at, b, 16)
  }
  for (; at < bytes; at += 16) {
    const count = partBetween(at, bytes)
    storePart(dx + at, inputChange(x, gamma, dy, at, count, means, factors, meanOfG, meanWithZ), count)
  }
}

// @ts-ignore: decorator
@inline
function scaled(dy: usize, gamma: usize, at: usize, count: i32): v128 {
  const change = loadPart(dy + at, count)
  return gamma ? f32x4.mul(change, loadPart(gamma + at, count)) : change
}

// @ts-ignore: decorator
@inline
function inputChange(
  x: usize, gamma: usize, dy: usize, at: usize, count: i32,
  means: v128, factors: v128, meanOfG: v128, meanWithZ: v128,
): v128 {
  const z = normalised(x, 0, 0, at, count, means, factors)
  const change = f32x4.sub(f32x4.sub(scaled(dy, gamma, at, count), meanOfG), f32x4.mul(z, meanWithZ))
  return f32x4.mul(change, factors)
}

// Strips of 16 columns, so that a cache line is read once; blocks of 128 rows, whose sums are added up.
function parameterGrads(
  x: usize, mean: usize, rstd: usize, dy: usize, dgamma: usize, dbeta: usize, rows: i32, n: i32,
): void {
  const pitch = <usize>n << 2
  if (dgamma) fill(dgamma, n, 0)
  if (dbeta) fill(dbeta, n, 0)
  for (let start = 0; start < rows; start += BLOCK_ROWS) {
    const count = min(BLOCK_ROWS, rows - start)
    const row = <usize>start << 2
    const offset = <usize>start * pitch
    let at: usize = 0
    for (; pitch - at >= 64; at += 64) {
      addStrip(
        x + offset + at, mean + row, rstd + row, dy + offset + at, addressAt(dgamma, at), addressAt(dbeta, at),
        count, pitch,
      )
    }
    for (; at < pitch; at += 16) {
      const width = partBetween(at, pitch)
      addColumns(
        x + offset + at, mean + row, rstd + row, dy + offset + at, addressAt(dgamma, at), addressAt(dbeta, at),
        count, pitch, width,
      )
    }
  }
}

// @ts-ignore: decorator
@inline
function addressAt(pointer: usize, at: usize): usize {
  return pointer ? pointer + at : 0
}

function addStrip(
  x: usize, mean: usize, rstd: usize, dy: usize, dgamma: usize, dbeta: usize, rows: i32, pitch: usize,
): void {
  let a = f32x4.splat(0)
  let b = a
  let c = a
  let d = a
  let withZA = a
  let withZB = a
  let withZC = a
  let withZD = a
  for (let row = 0; row < rows; row++) {
    const m = v128.load32_splat(mean)
    const r = v128.load32_splat(rstd)
    const changeA = v128.load(dy)
    const changeB = v128.load(dy, 16)
    const changeC = v128.load(dy, 32)
    const changeD = v128.load(dy, 48)
    a = f32x4.add(a, changeA)
    b = f32x4.add(b, changeB)
    c = f32x4.add(c, changeC)
    d = f32x4.add(d, changeD)
    withZA = fma(changeA, f32x4.mul(f32x4.sub(v128.load(x), m), r), withZA)
    withZB = fma(changeB, f32x4.mul(f32x4.sub(v128.load(x, 16), m), r), withZB)
    withZC = fma(changeC, f32x4.mul(f32x4.sub(v128.load(x, 32), m), r), withZC)
    withZD = fma(changeD, f32x4.mul(f32x4.sub(v128.load(x, 48), m), r), withZD)
    x += pitch
    dy += pitch
    mean += 4
    rstd += 4
  }
  addFour(dbeta, a, b, c, d)
  addFour(dgamma, withZA, withZB, withZC, withZD)
}

// @ts-ignore: decorator
@inline
function addFour(to: usize, a: v128, b: v128, c: v128, d: v128): void {
  if (!to) return
  v128.store(to, f32x4.add(v128.load(to), a))
  v128.store(to, f32x4.add(v128.load(to, 16), b), 16)
  v128.store(to, f32x4.add(v128.load(to, 32), c), 32)
  v128.store(to, f32x4.add(v128.load(to, 48), d), 48)
}

function addColumns(
  x: usize, mean: usize, rstd: usize, dy: usize, dgamma: usize, dbeta: usize, rows: i32, pitch: usize, width: i32,
): void {
  let sum = f32x4.splat(0)
  let sumWithZ = sum
  for (let row = 0; row < rows; row++) {
    const change = loadPart(dy, width)
    const z = f32x4.mul(f32x4.sub(loadPart(x, width), v128.load32_splat(mean)), v128.load32_splat(rstd))
    sum = f32x4.add(sum, change)
    sumWithZ = fma(change, z, sumWithZ)
    x += pitch
    dy += pitch
    mean += 4
    rstd += 4
  }
  if (dbeta) storePart(dbeta, f32x4.add(loadPart(dbeta, width), sum), width)
  if (dgamma) storePart(dgamma, f32x4.add(loadPart(dgamma, width), sumWithZ), width)
}
