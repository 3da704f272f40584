// SPDX-License-Identifier: Apache-2.0
// The tiles of gemm-tile8 with twice the columns: for wide mode, in which a pair of vectors is one register, and for one
// or two rows.

import { maxRows } from './gemm-tile8'
import { fma } from './inline/fma'

/** `tile8` for 16 columns; columns 8 to 15 of B lie `bHalf` bytes after columns 0 to 7. */
export function tile16(
  rows: i32, k: i32, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, bHalf: usize,
  init: usize, initRow: usize, c: usize, cRow: usize,
): void {
  switch (rows) {
    case 1: return tile1x16(k, a, aRow, aStep, b, bStep, bHalf, init, initRow, c, cRow)
    case 2: return tile2x16(k, a, aRow, aStep, b, bStep, bHalf, init, initRow, c, cRow)
    case 3: return tile3x16(k, a, aRow, aStep, b, bStep, bHalf, init, initRow, c, cRow)
    case 4: return tile4x16(k, a, aRow, aStep, b, bStep, bHalf, init, initRow, c, cRow)
    case 5: return tile5x16(k, a, aRow, aStep, b, bStep, bHalf, init, initRow, c, cRow)
    default: if (maxRows > 5) tile6x16(k, a, aRow, aStep, b, bStep, bHalf, init, initRow, c, cRow)
  }
}

function tile1x16(
  k: i32, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, bHalf: usize,
  init: usize, initRow: usize, c: usize, cRow: usize,
): void {
  inlineTile16(1, k, a, aRow, aStep, b, bStep, bHalf, init, initRow, c, cRow)
}

function tile2x16(
  k: i32, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, bHalf: usize,
  init: usize, initRow: usize, c: usize, cRow: usize,
): void {
  inlineTile16(2, k, a, aRow, aStep, b, bStep, bHalf, init, initRow, c, cRow)
}

function tile3x16(
  k: i32, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, bHalf: usize,
  init: usize, initRow: usize, c: usize, cRow: usize,
): void {
  inlineTile16(3, k, a, aRow, aStep, b, bStep, bHalf, init, initRow, c, cRow)
}

function tile4x16(
  k: i32, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, bHalf: usize,
  init: usize, initRow: usize, c: usize, cRow: usize,
): void {
  inlineTile16(4, k, a, aRow, aStep, b, bStep, bHalf, init, initRow, c, cRow)
}

function tile5x16(
  k: i32, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, bHalf: usize,
  init: usize, initRow: usize, c: usize, cRow: usize,
): void {
  inlineTile16(5, k, a, aRow, aStep, b, bStep, bHalf, init, initRow, c, cRow)
}

function tile6x16(
  k: i32, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, bHalf: usize,
  init: usize, initRow: usize, c: usize, cRow: usize,
): void {
  inlineTile16(6, k, a, aRow, aStep, b, bStep, bHalf, init, initRow, c, cRow)
}

// @ts-ignore: decorator
@inline
function inlineTile16(
  rows: i32, k: i32, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, bHalf: usize,
  init: usize, initRow: usize, c: usize, cRow: usize,
): void {
  let c00 = v128.load(init), c01 = v128.load(init, 16), c02 = v128.load(init, 32), c03 = v128.load(init, 48)
  if (rows > 1) init += initRow
  let c10 = v128.load(init), c11 = v128.load(init, 16), c12 = v128.load(init, 32), c13 = v128.load(init, 48)
  if (rows > 2) init += initRow
  let c20 = v128.load(init), c21 = v128.load(init, 16), c22 = v128.load(init, 32), c23 = v128.load(init, 48)
  if (rows > 3) init += initRow
  let c30 = v128.load(init), c31 = v128.load(init, 16), c32 = v128.load(init, 32), c33 = v128.load(init, 48)
  if (rows > 4) init += initRow
  let c40 = v128.load(init), c41 = v128.load(init, 16), c42 = v128.load(init, 32), c43 = v128.load(init, 48)
  if (rows > 5) init += initRow
  let c50 = v128.load(init), c51 = v128.load(init, 16), c52 = v128.load(init, 32), c53 = v128.load(init, 48)
  const a1 = aRow, a2 = a1 + aRow, a3 = a2 + aRow, a4 = a3 + aRow, a5 = a4 + aRow
  for (; k > 0; k--) {
    const b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(b + bHalf), b3 = v128.load(b + bHalf, 16)
    let s = v128.load32_splat(a)
    c00 = fma(s, b0, c00)
    c01 = fma(s, b1, c01)
    c02 = fma(s, b2, c02)
    c03 = fma(s, b3, c03)
    if (rows > 1) {
      s = v128.load32_splat(a + a1)
      c10 = fma(s, b0, c10)
      c11 = fma(s, b1, c11)
      c12 = fma(s, b2, c12)
      c13 = fma(s, b3, c13)
    }
    if (rows > 2) {
      s = v128.load32_splat(a + a2)
      c20 = fma(s, b0, c20)
      c21 = fma(s, b1, c21)
      c22 = fma(s, b2, c22)
      c23 = fma(s, b3, c23)
    }
    if (rows > 3) {
      s = v128.load32_splat(a + a3)
      c30 = fma(s, b0, c30)
      c31 = fma(s, b1, c31)
      c32 = fma(s, b2, c32)
      c33 = fma(s, b3, c33)
    }
    if (rows > 4) {
      s = v128.load32_splat(a + a4)
      c40 = fma(s, b0, c40)
      c41 = fma(s, b1, c41)
      c42 = fma(s, b2, c42)
      c43 = fma(s, b3, c43)
    }
    if (rows > 5) {
      s = v128.load32_splat(a + a5)
      c50 = fma(s, b0, c50)
      c51 = fma(s, b1, c51)
      c52 = fma(s, b2, c52)
      c53 = fma(s, b3, c53)
    }
    a += aStep
    b += bStep
  }
  v128.store(c, c00)
  v128.store(c, c01, 16)
  v128.store(c, c02, 32)
  v128.store(c, c03, 48)
  if (rows > 1) {
    c += cRow
    v128.store(c, c10)
    v128.store(c, c11, 16)
    v128.store(c, c12, 32)
    v128.store(c, c13, 48)
  }
  if (rows > 2) {
    c += cRow
    v128.store(c, c20)
    v128.store(c, c21, 16)
    v128.store(c, c22, 32)
    v128.store(c, c23, 48)
  }
  if (rows > 3) {
    c += cRow
    v128.store(c, c30)
    v128.store(c, c31, 16)
    v128.store(c, c32, 32)
    v128.store(c, c33, 48)
  }
  if (rows > 4) {
    c += cRow
    v128.store(c, c40)
    v128.store(c, c41, 16)
    v128.store(c, c42, 32)
    v128.store(c, c43, 48)
  }
  if (rows > 5) {
    c += cRow
    v128.store(c, c50)
    v128.store(c, c51, 16)
    v128.store(c, c52, 32)
    v128.store(c, c53, 48)
  }
}
