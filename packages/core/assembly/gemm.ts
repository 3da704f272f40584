// SPDX-License-Identifier: Apache-2.0
// C[M, N] = activation((accumulate ? C : 0) + op(A)[M, K] · op(B)[K, N] + bias), all row-major float32.
//
// Loops from outside in: blocks of K, blocks of rows of A that fit the second-level cache, one or two panels of
// 8 columns of B that fit the first-level cache, tiles of C in registers. Every element of C is one chain of fma over
// k = 0, 1, …, K - 1 that starts from C, the bias or 0, so its bits depend on nothing but the numbers in it.

import { addressOf, wide } from './inline/configuration'
import { ZEROS } from './generated/constants'
import { copyBlock, packPanels, packPanelsTransposed, packRows, panelColumns, tileRows } from './gemm-pack'
import { maxRows, tile8 } from './gemm-tile8'
import { tile16 } from './gemm-tile16'

const blockK: i32 = 256
const blockRows: i32 = 180
const blockColumns: i32 = 64

// Rows of A at least this many elements apart share so few sets of a cache that they push each other out.
const farApart: i32 = 1024

// How the product reads B.
const storedKN: i32 = 0
const storedNK: i32 = 1
const packedPanels: i32 = 2

// A C of at most this many columns is computed as its transpose, some rows at a time.
const narrowColumns: i32 = 4
const narrowRows: i32 = 256

// The workspace: a tile for the last columns of C, the transpose of a narrow C, panels of B, a block of A.
const edgeBytes: i32 = 32 * 6
const narrowBytes: i32 = 4 * narrowRows * narrowColumns
const panelsBytes: i32 = 4 * blockColumns * blockK

/** The bytes of workspace of `gemm` and `gemmPacked`. */
export function gemmWorkspace(transA: i32, transB: i32, m: i32, n: i32, k: i32): i32 {
  return edgeBytes + narrowBytes + panelsBytes + (min(k, blockK) * min(m, blockRows) << 2)
}

export function gemm(
  transA: i32, transB: i32, m: i32, n: i32, k: i32, a: usize, lda: i32, b: usize, ldb: i32, c: usize, ldc: i32,
  accumulate: i32, bias: usize, activation: i32, workspace: usize,
): void {
  if (n <= narrowColumns && m >= 16) {
    multiplyNarrow(transA, transB, m, n, k, a, lda, b, ldb, c, ldc, accumulate, bias, workspace)
  } else {
    const storageB = transB ? storedNK : storedKN
    multiply(transA, storageB, m, n, k, a, lda, b, ldb, c, ldc, accumulate, bias, workspace)
  }
  finish(m, n, c, ldc, accumulate ? bias : 0, activation)
}

/** `gemm` on a B in the layout of `gemmPackB`. */
export function gemmPacked(
  transA: i32, m: i32, n: i32, k: i32, a: usize, lda: i32, packed: usize, c: usize, ldc: i32,
  accumulate: i32, bias: usize, activation: i32, workspace: usize,
): void {
  multiply(transA, packedPanels, m, n, k, a, lda, packed, 0, c, ldc, accumulate, bias, workspace)
  finish(m, n, c, ldc, accumulate ? bias : 0, activation)
}

/** The bytes that `gemmPackB` writes. */
export function gemmPackedBytes(n: i32, k: i32): i32 {
  return panelCount(n) * k << 5
}

/** All panels of the first block of K, all of the second, and so on. */
export function gemmPackB(transB: i32, n: i32, k: i32, b: usize, ldb: i32, packed: usize): void {
  const blocks = blockCount(k, blockK)
  let p = 0
  for (let block = 0; block < blocks; block++) {
    const length = tileRows(k, blocks, block)
    packColumns(transB, length, n, b, ldb, p, 0, packed)
    packed += panelCount(n) * length << 5
    p += length
  }
}

/** `C = (accumulate ? C : bias or 0) + op(A) · op(B)`. */
function multiply(
  transA: i32, storageB: i32, m: i32, n: i32, k: i32, a: usize, lda: i32, b: usize, ldb: i32, c: usize, ldc: i32,
  accumulate: i32, bias: usize, workspace: usize,
): void {
  if (k == 0 && !accumulate) copyStart(m, n, bias, c, ldc)
  const start = bias ? bias : addressOf(ZEROS)
  const kBlocks = blockCount(k, blockK)
  const mBlocks = blockCount(m, blockRows)
  let p = 0
  for (let kBlock = 0; kBlock < kBlocks; kBlock++) {
    const length = tileRows(k, kBlocks, kBlock)
    let i = 0
    for (let mBlock = 0; mBlock < mBlocks; mBlock++) {
      const rows = tileRows(m, mBlocks, mBlock)
      const fromC = p > 0 || accumulate
      const blockC = c + (i * ldc << 2)
      multiplyBlock(
        transA, storageB, rows, n, length, a + ((transA ? p * lda + i : i * lda + p) << 2), lda,
        storageB == packedPanels ? b + (panelCount(n) * p << 5) : b, ldb, p,
        fromC ? blockC : start, fromC ? ldc << 2 : 0, fromC || bias != 0, blockC, ldc << 2, workspace,
      )
      i += rows
    }
    p += length
  }
}

/**
 * One block of rows by all columns over one block of K that starts at row `p` of op(B). The chains start from the rows
 * at `init`, or all from the same 16 floats where not `initMoves`.
 */
function multiplyBlock(
  transA: i32, storageB: i32, m: i32, n: i32, k: i32, a: usize, lda: i32, b: usize, ldb: i32, p: i32,
  init: usize, initRow: usize, initMoves: bool, c: usize, cRow: usize, workspace: usize,
): void {
  const tiles = blockCount(m, maxRows)
  const panels = workspace + edgeBytes + narrowBytes
  let aRow: usize = transA ? 4 : lda << 2
  let aStep: usize = transA ? lda << 2 : 4
  let packedA = false
  const far = lda >= farApart && n > 32
  if (transA) {
    if (far) {
      packRows(k, m, tiles, a, aStep, panels + panelsBytes)
      packedA = true
      a = panels + panelsBytes
    }
  } else if (far) {
    copyBlock(k, m, a, aRow, panels + panelsBytes)
    a = panels + panelsBytes
    aRow = k << 2
  }
  const paired = wide || m <= 2
  const direct = storageB == storedKN && m <= 2 * maxRows
  let packedFrom = 0
  let packedTo = 0
  for (let j = 0; j < n; ) {
    const columns = min(panelColumns, n - j)
    let panel = panels
    let bStep: usize = 32
    let bHalf: usize = k << 5
    if (storageB == packedPanels) {
      panel = b + (j * k << 2)
    } else if (direct && columns == panelColumns) {
      panel = b + ((p * ldb + j) << 2)
      bStep = ldb << 2
      bHalf = 32
    } else {
      if (j >= packedTo) {
        packedFrom = j
        packedTo = min(n, j + blockColumns)
        packColumns(storageB, k, packedTo - j, b, ldb, p, j, panels)
      }
      panel = panels + ((j - packedFrom) * k << 2)
    }
    const two = paired && j + 16 <= n
    if (columns == panelColumns) {
      multiplyColumns(two, packedA, m, tiles, k, a, aRow, aStep, panel, bStep, bHalf, init, initRow, c, cRow)
    } else {
      multiplyEdge(columns, packedA, m, tiles, k, a, aRow, aStep, panel, init, initRow, c, cRow, workspace)
    }
    const step = two ? 16 : 8
    j += step
    c += step << 2
    if (initMoves) init += step << 2
  }
}

/** All tiles of 8 or 16 whole columns. */
function multiplyColumns(
  two: bool, packedA: bool, m: i32, tiles: i32, k: i32, a: usize, aRow: usize, aStep: usize,
  b: usize, bStep: usize, bHalf: usize, init: usize, initRow: usize, c: usize, cRow: usize,
): void {
  for (let tile = 0; tile < tiles; tile++) {
    const rows = tileRows(m, tiles, tile)
    if (packedA) aStep = rows << 2
    if (two) tile16(rows, k, a, aRow, aStep, b, bStep, bHalf, init, initRow, c, cRow)
    else tile8(rows, k, a, aRow, aStep, b, bStep, init, initRow, c, cRow)
    a += packedA ? (k * rows) << 2 : rows * aRow
    init += rows * initRow
    c += rows * cRow
  }
}

/** All tiles of the last `columns` (1 to 7), by way of a tile of 8 columns at `edge`. */
function multiplyEdge(
  columns: i32, packedA: bool, m: i32, tiles: i32, k: i32, a: usize, aRow: usize, aStep: usize, b: usize,
  init: usize, initRow: usize, c: usize, cRow: usize, edge: usize,
): void {
  for (let tile = 0; tile < tiles; tile++) {
    const rows = tileRows(m, tiles, tile)
    if (packedA) aStep = rows << 2
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < panelColumns; j++) {
        store<f32>(edge + (i << 5) + (j << 2), j < columns ? load<f32>(init + i * initRow + (j << 2)) : 0)
      }
    }
    tile8(rows, k, a, aRow, aStep, b, 32, edge, 32, edge, 32)
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        store<f32>(c + i * cRow + (j << 2), load<f32>(edge + (i << 5) + (j << 2)))
      }
    }
    a += packedA ? (k * rows) << 2 : rows * aRow
    init += rows * initRow
    c += rows * cRow
  }
}

/** The panels of `columns` columns from j on of `k` rows from p on of op(B). */
function packColumns(
  storageB: i32, k: i32, columns: i32, b: usize, ldb: i32, p: i32, j: i32, panels: usize,
): void {
  if (storageB == storedNK) packPanelsTransposed(k, columns, b + ((j * ldb + p) << 2), ldb << 2, panels)
  else packPanels(k, columns, b + ((p * ldb + j) << 2), ldb << 2, panels)
}

/** `multiply` for few columns of C: the transpose of `op(B)ᵀ · op(A)ᵀ`. */
function multiplyNarrow(
  transA: i32, transB: i32, m: i32, n: i32, k: i32, a: usize, lda: i32, b: usize, ldb: i32, c: usize, ldc: i32,
  accumulate: i32, bias: usize, workspace: usize,
): void {
  const storageA = transA ? storedKN : storedNK
  const turned = workspace + edgeBytes
  for (let i = 0; i < m; i += narrowRows) {
    const rows = min(narrowRows, m - i)
    if (!accumulate) copyStart(rows, n, bias, c, ldc)
    turn(rows, n, c, ldc, turned, rows)
    const from = a + ((transA ? i : i * lda) << 2)
    multiply(1 - transB, storageA, n, rows, k, b, ldb, from, lda, turned, rows, 1, 0, workspace)
    turn(n, rows, turned, rows, c, ldc)
    c += rows * ldc << 2
  }
}

/** The transpose of [rows, columns]. */
function turn(rows: i32, columns: i32, from: usize, fromRow: i32, to: usize, toRow: i32): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      store<f32>(to + (j * toRow + i << 2), load<f32>(from + (i * fromRow + j << 2)))
    }
  }
}

/** `C = bias`, or 0 where there is none. */
function copyStart(m: i32, n: i32, bias: usize, c: usize, ldc: i32): void {
  for (; m > 0; m--) {
    if (bias) memory.copy(c, bias, n << 2)
    else memory.fill(c, 0, n << 2)
    c += ldc << 2
  }
}

/** `C = activation(C + bias)`; a bias that the chains did not start from, 0 for none. */
function finish(m: i32, n: i32, c: usize, ldc: i32, bias: usize, activation: i32): void {
  if (!bias && !activation) return
  const zero = v128.load32_splat(addressOf(ZEROS))
  const addend = bias ? bias : addressOf(ZEROS)
  const step: usize = bias ? 16 : 0
  for (; m > 0; m--) {
    let from = addend
    let j = 0
    for (; j + 4 <= n; j += 4) {
      let x = f32x4.add(v128.load(c + (j << 2)), v128.load(from))
      if (activation == 1) x = f32x4.pmax(x, zero)
      v128.store(c + (j << 2), x)
      from += step
    }
    for (; j < n; j++) {
      let x = load<f32>(c + (j << 2)) + (bias ? load<f32>(bias + (j << 2)) : 0)
      if (activation == 1 && x < 0) x = 0
      store<f32>(c + (j << 2), x)
    }
    c += ldc << 2
  }
}

function panelCount(n: i32): i32 {
  return (n + panelColumns - 1) / panelColumns
}

function blockCount(length: i32, block: i32): i32 {
  return (length + block - 1) / block
}
