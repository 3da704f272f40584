// SPDX-License-Identifier: Apache-2.0
// Copies of parts of A and B in the order in which the tiles read them.
//
// A panel of B is 8 columns: [K, 8], columns beyond N are zeros. A panel of transposed A is the rows of one tile:
// [K, rows].

/** The columns of a panel of B. */
export const panelColumns: i32 = 8

/** The rows of tile `index` when `m` rows are spread evenly over `tiles`. */
// @ts-ignore: decorator
@inline
export function tileRows(m: i32, tiles: i32, index: i32): i32 {
  return m / tiles + (index < m % tiles ? 1 : 0)
}

/**
 * The panels of B stored [K, N]: `k` rows of `columns` floats from `b` on, `bRow` bytes apart. The panels follow each
 * other; a row is read across all of them, because a column of cache lines would fall into few sets.
 */
export function packPanels(k: i32, columns: i32, b: usize, bRow: usize, panels: usize): void {
  const whole = columns & ~7
  for (let p = 0; p < k; p++) {
    let panel = panels + (p << 5)
    for (let j = 0; j < whole; j += panelColumns) {
      v128.store(panel, v128.load(b + (j << 2)))
      v128.store(panel, v128.load(b + (j << 2), 16), 16)
      panel += k << 5
    }
    if (whole < columns) {
      for (let j = 0; j < panelColumns; j++) {
        store<f32>(panel + (j << 2), whole + j < columns ? load<f32>(b + ((whole + j) << 2)) : 0)
      }
    }
    b += bRow
  }
}

/** The panels of B stored [N, K]: `columns` rows of `k` floats from `b` on, `bRow` bytes apart. */
export function packPanelsTransposed(k: i32, columns: i32, b: usize, bRow: usize, panels: usize): void {
  for (let j = 0; j < columns; j += panelColumns) {
    packPanelTransposed(k, min(panelColumns, columns - j), b, bRow, panels)
    b += panelColumns * bRow
    panels += k << 5
  }
}

function packPanelTransposed(k: i32, columns: i32, b: usize, bRow: usize, panel: usize): void {
  let p = 0
  if (columns == panelColumns) {
    for (; p + 4 <= k; p += 4) {
      transpose4(b + (p << 2), bRow, panel)
      transpose4(b + 4 * bRow + (p << 2), bRow, panel + 16)
      panel += 128
    }
  }
  for (; p < k; p++) {
    for (let j = 0; j < panelColumns; j++) {
      store<f32>(panel + (j << 2), j < columns ? load<f32>(b + j * bRow + (p << 2)) : 0)
    }
    panel += 32
  }
}

/** Four rows of four floats, `row` bytes apart, as four columns, 32 bytes apart. */
// @ts-ignore: decorator
@inline
function transpose4(from: usize, row: usize, to: usize): void {
  const r0 = v128.load(from)
  const r1 = v128.load(from + row)
  const r2 = v128.load(from + 2 * row)
  const r3 = v128.load(from + 3 * row)
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5)
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5)
  const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7)
  const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7)
  v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5))
  v128.store(to, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7), 32)
  v128.store(to, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5), 64)
  v128.store(to, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7), 96)
}

/**
 * All panels of a block of A stored [K, M]: `k` rows of `m` floats, `aRow` bytes apart, spread over `tiles` panels that
 * follow each other.
 */
export function packRows(k: i32, m: i32, tiles: i32, a: usize, aRow: usize, panels: usize): void {
  for (let p = 0; p < k; p++) {
    let from = a
    let panel = panels
    for (let tile = 0; tile < tiles; tile++) {
      const rows = tileRows(m, tiles, tile)
      const to = panel + ((p * rows) << 2)
      if (rows >= 4) {
        v128.store(to, v128.load(from))
        if (rows == 6) store<u64>(to, load<u64>(from, 16), 16)
        else if (rows == 5) store<u32>(to, load<u32>(from, 16), 16)
      } else {
        for (let i = 0; i < rows; i++) store<f32>(to + (i << 2), load<f32>(from + (i << 2)))
      }
      from += rows << 2
      panel += (k * rows) << 2
    }
    a += aRow
  }
}

/** `rows` rows of `k` floats, `aRow` bytes apart, one after the other at `to`. */
export function copyBlock(k: i32, rows: i32, a: usize, aRow: usize, to: usize): void {
  const bytes = k << 2
  for (; rows > 0; rows--) {
    memory.copy(to, a, bytes)
    a += aRow
    to += bytes
  }
}
