// SPDX-License-Identifier: Apache-2.0
// Loops over out[outer, middle, inner] of operands that are repeated along some axes. A stride counts elements; the
// inner one is 1, or 0 for an operand that stays the same along the inner axis, and one of the two must be 1.
//
// What is done to an element is a class with a method `of` on vectors: see map.ts.

import { zip } from './map'
import { loadPart, partBetween, storePart } from './part'

/** `out = Op.of(a, b)` over three axes; `out` may be an operand that is not repeated. */
// @ts-ignore: decorator
@inline
export function broadcast<Op>(
  a: usize, b: usize, out: usize, outer: i32, middle: i32, inner: i32,
  aOuter: i32, aMiddle: i32, aInner: i32, bOuter: i32, bMiddle: i32, bInner: i32,
): void {
  for (let i = 0; i < outer; i++) {
    let rowA = a
    let rowB = b
    for (let j = 0; j < middle; j++) {
      if (bInner == 0) withScalarRight<Op>(rowA, rowB, out, inner)
      else if (aInner == 0) withScalarLeft<Op>(rowA, rowB, out, inner)
      else pairs<Op>(rowA, rowB, out, inner)
      rowA += <usize>aMiddle << 2
      rowB += <usize>bMiddle << 2
      out += <usize>inner << 2
    }
    a += <usize>aOuter << 2
    b += <usize>bOuter << 2
  }
}

function pairs<Op>(a: usize, b: usize, out: usize, n: i32): void {
  zip<Op>(a, b, out, n)
}

function withScalarRight<Op>(a: usize, b: usize, out: usize, n: i32): void {
  const op = changetype<Op>(0)
  const right = v128.load32_splat(b)
  const end = a + (<usize>n << 2)
  while (end - a >= 64) {
    const p = op.of(v128.load(a), right)
    const q = op.of(v128.load(a, 16), right)
    const r = op.of(v128.load(a, 32), right)
    const s = op.of(v128.load(a, 48), right)
    v128.store(out, p)
    v128.store(out, q, 16)
    v128.store(out, r, 32)
    v128.store(out, s, 48)
    a += 64
    out += 64
  }
  for (; a < end; a += 16, out += 16) {
    const count = partBetween(a, end)
    storePart(out, op.of(loadPart(a, count), right), count)
  }
}

function withScalarLeft<Op>(a: usize, b: usize, out: usize, n: i32): void {
  const op = changetype<Op>(0)
  const left = v128.load32_splat(a)
  const end = b + (<usize>n << 2)
  while (end - b >= 64) {
    const p = op.of(left, v128.load(b))
    const q = op.of(left, v128.load(b, 16))
    const r = op.of(left, v128.load(b, 32))
    const s = op.of(left, v128.load(b, 48))
    v128.store(out, p)
    v128.store(out, q, 16)
    v128.store(out, r, 32)
    v128.store(out, s, 48)
    b += 64
    out += 64
  }
  for (; b < end; b += 16, out += 16) {
    const count = partBetween(b, end)
    storePart(out, op.of(left, loadPart(b, count)), count)
  }
}
