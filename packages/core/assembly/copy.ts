// SPDX-License-Identifier: Apache-2.0
// Moves of 4-byte elements: fills, copies between row pitches, and permuted copies. Inputs and outputs must not overlap.

import { copyElements } from './inline/copy'

/** Writes `n` elements of 32 `bits`. */
export function fill(out: usize, n: i32, bits: i32): void {
  const end = out + (<usize>n << 2)
  const value = i32x4.splat(bits)
  while (end - out >= 64) {
    v128.store(out, value)
    v128.store(out, value, 16)
    v128.store(out, value, 32)
    v128.store(out, value, 48)
    out += 64
  }
  for (; out < end; out += 4) store<i32>(out, bits)
}

/** Copies `rows` rows of `width` elements; pitches count elements from one row to the next, 0 repeats a row. */
export function copyRows(x: usize, out: usize, rows: i32, width: i32, xPitch: i32, outPitch: i32): void {
  for (let row = 0; row < rows; row++) {
    copyElements(x, out, width)
    x += <usize>xPitch << 2
    out += <usize>outPitch << 2
  }
}

/** `out[batch, columns, rows] = x[batch, rows, columns]`. */
export function transpose(x: usize, out: usize, batch: i32, rows: i32, columns: i32): void {
  const bytes = (<usize>rows * <usize>columns) << 2
  for (let i = 0; i < batch; i++) {
    transposeMatrix(x, out, rows, columns, <usize>columns << 2, <usize>rows << 2)
    x += bytes
    out += bytes
  }
}

/**
 * Makes a contiguous `out[d0, …, d5]` of elements of `x` that lie `s0` … `s5` elements apart; strides may be 0, and
 * negative for a reversed axis.
 */
export function permutedCopy(
  x: usize, out: usize,
  d0: i32, d1: i32, d2: i32, d3: i32, d4: i32, d5: i32,
  s0: i32, s1: i32, s2: i32, s3: i32, s4: i32, s5: i32,
): void {
  const bytes = (<usize>d4 * <usize>d5) << 2
  for (let i0 = 0; i0 < d0; i0++) {
    for (let i1 = 0; i1 < d1; i1++) {
      for (let i2 = 0; i2 < d2; i2++) {
        for (let i3 = 0; i3 < d3; i3++) {
          copyMatrix(x + ((i0 * s0 + i1 * s1 + i2 * s2 + i3 * s3) << 2), out, d4, d5, s4, s5)
          out += bytes
        }
      }
    }
  }
}

function copyMatrix(x: usize, out: usize, rows: i32, columns: i32, rowStride: i32, columnStride: i32): void {
  if (columnStride == 1) return copyRows(x, out, rows, columns, rowStride, columns)
  if (rowStride == 1 && columnStride > 0) {
    return transposeMatrix(x, out, columns, rows, <usize>columnStride << 2, <usize>columns << 2)
  }
  for (let i = 0; i < rows; i++) {
    let from = x + ((i * rowStride) << 2)
    for (let j = 0; j < columns; j++) {
      store<u32>(out, load<u32>(from))
      from += columnStride << 2
      out += 4
    }
  }
}

// Pitches in bytes. Blocks of 4 × 4 within strips of 32 columns of x: 32 output rows stay in the cache while the strip
// goes down, and a cache line of x is used up before it leaves.
function transposeMatrix(x: usize, out: usize, rows: i32, columns: i32, xPitch: usize, outPitch: usize): void {
  const blockRows = rows & ~3
  const blockColumns = columns & ~3
  for (let strip = 0; strip < blockColumns; strip += 32) {
    const stripEnd = min(strip + 32, blockColumns)
    for (let i = 0; i < blockRows; i += 4) {
      for (let j = strip; j < stripEnd; j += 4) {
        transposeBlock(
          x + <usize>i * xPitch + (<usize>j << 2), out + <usize>j * outPitch + (<usize>i << 2), xPitch, outPitch,
        )
      }
    }
  }
  transposeElements(x, out, blockRows, rows, 0, columns, xPitch, outPitch)
  transposeElements(x, out, 0, blockRows, blockColumns, columns, xPitch, outPitch)
}

// @ts-ignore: decorator
@inline
function transposeBlock(x: usize, out: usize, xPitch: usize, outPitch: usize): void {
  const a = v128.load(x)
  const b = v128.load(x + xPitch)
  const c = v128.load(x + 2 * xPitch)
  const d = v128.load(x + 3 * xPitch)
  const ab01 = v128.shuffle<i32>(a, b, 0, 4, 1, 5)
  const cd01 = v128.shuffle<i32>(c, d, 0, 4, 1, 5)
  const ab23 = v128.shuffle<i32>(a, b, 2, 6, 3, 7)
  const cd23 = v128.shuffle<i32>(c, d, 2, 6, 3, 7)
  v128.store(out, v128.shuffle<i64>(ab01, cd01, 0, 2))
  v128.store(out + outPitch, v128.shuffle<i64>(ab01, cd01, 1, 3))
  v128.store(out + 2 * outPitch, v128.shuffle<i64>(ab23, cd23, 0, 2))
  v128.store(out + 3 * outPitch, v128.shuffle<i64>(ab23, cd23, 1, 3))
}

function transposeElements(
  x: usize, out: usize,
  rowStart: i32, rowEnd: i32, columnStart: i32, columnEnd: i32,
  xPitch: usize, outPitch: usize,
): void {
  for (let i = rowStart; i < rowEnd; i++) {
    for (let j = columnStart; j < columnEnd; j++) {
      const value = load<u32>(x + <usize>i * xPitch + (<usize>j << 2))
      store<u32>(out + <usize>j * outPitch + (<usize>i << 2), value)
    }
  }
}
