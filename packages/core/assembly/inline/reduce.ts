// SPDX-License-Identifier: Apache-2.0
// Reductions of x[outer, axis, inner] along the middle axis. What is combined how is a class without fields (see map.ts):
//
//    start()         four lanes of the neutral element      of(sum, x)      takes four more elements in
//    join(a, b)      two partial results in one             merge(t, a), one(x)   the same on float64 scalars
//
// A row (inner = 1) runs in blocks of 2048 elements over 32 lanes, so at most 64 + 3 float32 additions follow each other,
// then go to float64. A column runs in blocks of 128 rows whose results are added up: 128 + axis / 128 additions. The
// order depends on sizes only.

import { loadPart, partBetween, storePart } from './part'

const BLOCK_BYTES: usize = 8192
const BLOCK_ROWS = 128

/** Writes `out[outer, inner]`, each result divided by `divisor`. */
// @ts-ignore: decorator
@inline
export function reduce<Op>(x: usize, out: usize, outer: i32, axis: i32, inner: i32, divisor: f32): void {
  const pitch = <usize>inner << 2
  for (let i = 0; i < outer; i++) {
    if (inner == 1) {
      store<f32>(out, <f32>(reduceRow<Op>(x, axis) / <f64>divisor))
    } else {
      reduceColumns<Op>(x, out, axis, inner, divisor)
    }
    x += <usize>axis * pitch
    out += pitch
  }
}

/** The reduction of `n` elements in a row. */
export function reduceRow<Op>(x: usize, n: i32): f64 {
  const op = changetype<Op>(0)
  const end = x + (<usize>n << 2)
  let total = sumLanes<Op>(op.start())
  while (end - x >= 128) {
    const blockEnd = x + min<usize>(BLOCK_BYTES, (end - x) & ~127)
    let a = op.start()
    let b = a
    let c = a
    let d = a
    let e = a
    let f = a
    let g = a
    let h = a
    for (; x < blockEnd; x += 128) {
      a = op.of(a, v128.load(x))
      b = op.of(b, v128.load(x, 16))
      c = op.of(c, v128.load(x, 32))
      d = op.of(d, v128.load(x, 48))
      e = op.of(e, v128.load(x, 64))
      f = op.of(f, v128.load(x, 80))
      g = op.of(g, v128.load(x, 96))
      h = op.of(h, v128.load(x, 112))
    }
    a = op.join(op.join(op.join(a, e), op.join(c, g)), op.join(op.join(b, f), op.join(d, h)))
    total = op.merge(total, sumLanes<Op>(a))
  }
  let rest = op.start()
  for (; end - x >= 16; x += 16) rest = op.of(rest, v128.load(x))
  total = op.merge(total, sumLanes<Op>(rest))
  for (; x < end; x += 4) total = op.merge(total, op.one(<f64>load<f32>(x)))
  return total
}

// @ts-ignore: decorator
@inline
function sumLanes<Op>(value: v128): f64 {
  const op = changetype<Op>(0)
  return op.merge(
    op.merge(<f64>f32x4.extract_lane(value, 0), <f64>f32x4.extract_lane(value, 1)),
    op.merge(<f64>f32x4.extract_lane(value, 2), <f64>f32x4.extract_lane(value, 3)),
  )
}

function reduceColumns<Op>(x: usize, out: usize, axis: i32, inner: i32, divisor: f32): void {
  const op = changetype<Op>(0)
  const pitch = <usize>inner << 2
  const divisors = f32x4.splat(divisor)
  const end = x + pitch
  for (; end - x >= 64; x += 64, out += 64) {
    let totalA = op.start()
    let totalB = totalA
    let totalC = totalA
    let totalD = totalA
    let at = x
    for (let row = 0; row < axis; row += BLOCK_ROWS) {
      let a = op.start()
      let b = a
      let c = a
      let d = a
      for (let left = min(BLOCK_ROWS, axis - row); left > 0; left--) {
        a = op.of(a, v128.load(at))
        b = op.of(b, v128.load(at, 16))
        c = op.of(c, v128.load(at, 32))
        d = op.of(d, v128.load(at, 48))
        at += pitch
      }
      totalA = op.join(totalA, a)
      totalB = op.join(totalB, b)
      totalC = op.join(totalC, c)
      totalD = op.join(totalD, d)
    }
    v128.store(out, f32x4.div(totalA, divisors))
    v128.store(out, f32x4.div(totalB, divisors), 16)
    v128.store(out, f32x4.div(totalC, divisors), 32)
    v128.store(out, f32x4.div(totalD, divisors), 48)
  }
  for (; x < end; x += 16, out += 16) {
    const count = partBetween(x, end)
    let total = op.start()
    let at = x
    for (let row = 0; row < axis; row += BLOCK_ROWS) {
      let a = op.start()
      for (let left = min(BLOCK_ROWS, axis - row); left > 0; left--) {
        a = op.of(a, loadPart(at, count))
        at += pitch
      }
      total = op.join(total, a)
    }
    storePart(out, f32x4.div(total, divisors), count)
  }
}
