// SPDX-License-Identifier: Apache-2.0
// The innermost loop of GEMM: a tile of C, 1 to 6 rows by 8 columns, held in registers for all of K.
//
// A step of K is one basic block with one fma per accumulator: V8 schedules a longer block by data flow and then runs
// out of registers. Vectors come in adjacent pairs, which V8's wide mode joins; 6 × 8 fills the 15 registers that V8
// hands out, 6 × 16 does so in wide mode. Without fma the product takes one more register, hence 5 rows.

import { fma } from './inline/fma'

/** The most rows that a tile has. */
export const maxRows: i32 = ASC_FEATURE_RELAXED_SIMD ? 6 : 5

/**
 * `C[rows, 8] = init + A[rows, k] · B[k, 8]`, every stride in bytes: `aRow` and `aStep` from one row and one k of A to
 * the next, `bStep` from one k of B to the next, `initRow` and `cRow` from one row to the next. `rows` is 1 to maxRows.
 */
export function tile8(
  rows: i32, k: i32, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize,
  init: usize, initRow: usize, c: usize, cRow: usize,
): void {
  switch (rows) {
    case 1: return tile1x8(k, a, aRow, aStep, b, bStep, init, initRow, c, cRow)
    case 2: return tile2x8(k, a, aRow, aStep, b, bStep, init, initRow, c, cRow)
    case 3: return tile3x8(k, a, aRow, aStep, b, bStep, init, initRow, c, cRow)
    case 4: return tile4x8(k, a, aRow, aStep, b, bStep, init, initRow, c, cRow)
    case 5: return tile5x8(k, a, aRow, aStep, b, bStep, init, initRow, c, cRow)
    default: if (maxRows > 5) tile6x8(k, a, aRow, aStep, b, bStep, init, initRow, c, cRow)
  }
}

// One function a tile: several of these loops in one function cost each other registers.

function tile1x8(
  k: i32, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize,
  init: usize, initRow: usize, c: usize, cRow: usize,
): void {
  inlineTile8(1, k, a, aRow, aStep, b, bStep, init, initRow, c, cRow)
}

function tile2x8(
  k: i32, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize,
  init: usize, initRow: usize, c: usize, cRow: usize,
): void {
  inlineTile8(2, k, a, aRow, aStep, b, bStep, init, initRow, c, cRow)
}

function tile3x8(
  k: i32, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize,
  init: usize, initRow: usize, c: usize, cRow: usize,
): void {
  inlineTile8(3, k, a, aRow, aStep, b, bStep, init, initRow, c, cRow)
}

function tile4x8(
  k: i32, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize,
  init: usize, initRow: usize, c: usize, cRow: usize,
): void {
  inlineTile8(4, k, a, aRow, aStep, b, bStep, init, initRow, c, cRow)
}

function tile5x8(
  k: i32, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize,
  init: usize, initRow: usize, c: usize, cRow: usize,
): void {
  inlineTile8(5, k, a, aRow, aStep, b, bStep, init, initRow, c, cRow)
}

function tile6x8(
  k: i32, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize,
  init: usize, initRow: usize, c: usize, cRow: usize,
): void {
  inlineTile8(6, k, a, aRow, aStep, b, bStep, init, initRow, c, cRow)
}

// @ts-ignore: decorator
@inline
function inlineTile8(
  rows: i32, k: i32, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize,
  init: usize, initRow: usize, c: usize, cRow: usize,
): void {
  let c00 = v128.load(init), c01 = v128.load(init, 16)
  if (rows > 1) init += initRow
  let c10 = v128.load(init), c11 = v128.load(init, 16)
  if (rows > 2) init += initRow
  let c20 = v128.load(init), c21 = v128.load(init, 16)
  if (rows > 3) init += initRow
  let c30 = v128.load(init), c31 = v128.load(init, 16)
  if (rows > 4) init += initRow
  let c40 = v128.load(init), c41 = v128.load(init, 16)
  if (rows > 5) init += initRow
  let c50 = v128.load(init), c51 = v128.load(init, 16)
  const a1 = aRow, a2 = a1 + aRow, a3 = a2 + aRow, a4 = a3 + aRow, a5 = a4 + aRow
  for (; k > 0; k--) {
    const b0 = v128.load(b), b1 = v128.load(b, 16)
    let s = v128.load32_splat(a)
    c00 = fma(s, b0, c00)
    c01 = fma(s, b1, c01)
    if (rows > 1) {
      s = v128.load32_splat(a + a1)
      c10 = fma(s, b0, c10)
      c11 = fma(s, b1, c11)
    }
    if (rows > 2) {
      s = v128.load32_splat(a + a2)
      c20 = fma(s, b0, c20)
      c21 = fma(s, b1, c21)
    }
    if (rows > 3) {
      s = v128.load32_splat(a + a3)
      c30 = fma(s, b0, c30)
      c31 = fma(s, b1, c31)
    }
    if (rows > 4) {
      s = v128.load32_splat(a + a4)
      c40 = fma(s, b0, c40)
      c41 = fma(s, b1, c41)
    }
    if (rows > 5) {
      s = v128.load32_splat(a + a5)
      c50 = fma(s, b0, c50)
      c51 = fma(s, b1, c51)
    }
    a += aStep
    b += bStep
  }
  v128.store(c, c00)
  v128.store(c, c01, 16)
  if (rows > 1) {
    c += cRow
    v128.store(c, c10)
    v128.store(c, c11, 16)
  }
  if (rows > 2) {
    c += cRow
    v128.store(c, c20)
    v128.store(c, c21, 16)
  }
  if (rows > 3) {
    c += cRow
    v128.store(c, c30)
    v128.store(c, c31, 16)
  }
  if (rows > 4) {
    c += cRow
    v128.store(c, c40)
    v128.store(c, c41, 16)
  }
  if (rows > 5) {
    c += cRow
    v128.store(c, c50)
    v128.store(c, c51, 16)
  }
}
