// SPDX-License-Identifier: Apache-2.0
// The loops of elementwise kernels. What is done to an element is a class with a method `of` on vectors; it has no
// fields, so its instance is no memory but the number 0, and the call is inlined.
//
// `mapWith` and `zipWith` hand two vectors to every call, which stay the same over the loop.
//
// Four vectors run at a time, loaded before any is stored, so `out` may be an input. The rest goes through the same
// vector code, so a value depends only on its inputs, not on its place.

import { loadPart, partBetween, storePart } from './part'

/** `out[i] = Op.of(x[i])`. */
// @ts-ignore: decorator
@inline
export function map<Op>(x: usize, out: usize, n: i32): void {
  const op = changetype<Op>(0)
  const end = x + (<usize>n << 2)
  while (end - x >= 64) {
    const a = op.of(v128.load(x))
    const b = op.of(v128.load(x, 16))
    const c = op.of(v128.load(x, 32))
    const d = op.of(v128.load(x, 48))
    v128.store(out, a)
    v128.store(out, b, 16)
    v128.store(out, c, 32)
    v128.store(out, d, 48)
    x += 64
    out += 64
  }
  for (; x < end; x += 16, out += 16) {
    const count = partBetween(x, end)
    storePart(out, op.of(loadPart(x, count)), count)
  }
}

/** `out[i] = Op.of(x[i], y[i])`. */
// @ts-ignore: decorator
@inline
export function zip<Op>(x: usize, y: usize, out: usize, n: i32): void {
  const op = changetype<Op>(0)
  const end = x + (<usize>n << 2)
  while (end - x >= 64) {
    const a = op.of(v128.load(x), v128.load(y))
    const b = op.of(v128.load(x, 16), v128.load(y, 16))
    const c = op.of(v128.load(x, 32), v128.load(y, 32))
    const d = op.of(v128.load(x, 48), v128.load(y, 48))
    v128.store(out, a)
    v128.store(out, b, 16)
    v128.store(out, c, 32)
    v128.store(out, d, 48)
    x += 64
    y += 64
    out += 64
  }
  for (; x < end; x += 16, y += 16, out += 16) {
    const count = partBetween(x, end)
    storePart(out, op.of(loadPart(x, count), loadPart(y, count)), count)
  }
}

/** `out[i] = Op.of(x[i], p, q)`. */
// @ts-ignore: decorator
@inline
export function mapWith<Op>(x: usize, out: usize, n: i32, p: v128, q: v128): void {
  const op = changetype<Op>(0)
  const end = x + (<usize>n << 2)
  while (end - x >= 64) {
    const a = op.of(v128.load(x), p, q)
    const b = op.of(v128.load(x, 16), p, q)
    const c = op.of(v128.load(x, 32), p, q)
    const d = op.of(v128.load(x, 48), p, q)
    v128.store(out, a)
    v128.store(out, b, 16)
    v128.store(out, c, 32)
    v128.store(out, d, 48)
    x += 64
    out += 64
  }
  for (; x < end; x += 16, out += 16) {
    const count = partBetween(x, end)
    storePart(out, op.of(loadPart(x, count), p, q), count)
  }
}

/** `out[i] = Op.of(x[i], y[i], p, q)`. */
// @ts-ignore: decorator
@inline
export function zipWith<Op>(x: usize, y: usize, out: usize, n: i32, p: v128, q: v128): void {
  const op = changetype<Op>(0)
  const end = x + (<usize>n << 2)
  while (end - x >= 64) {
    const a = op.of(v128.load(x), v128.load(y), p, q)
    const b = op.of(v128.load(x, 16), v128.load(y, 16), p, q)
    const c = op.of(v128.load(x, 32), v128.load(y, 32), p, q)
    const d = op.of(v128.load(x, 48), v128.load(y, 48), p, q)
    v128.store(out, a)
    v128.store(out, b, 16)
    v128.store(out, c, 32)
    v128.store(out, d, 48)
    x += 64
    y += 64
    out += 64
  }
  for (; x < end; x += 16, y += 16, out += 16) {
    const count = partBetween(x, end)
    storePart(out, op.of(loadPart(x, count), loadPart(y, count), p, q), count)
  }
}

/** `map` with two vectors at a time, for functions so long that four would only be more code. */
// @ts-ignore: decorator
@inline
export function mapPair<Op>(x: usize, out: usize, n: i32): void {
  const op = changetype<Op>(0)
  const end = x + (<usize>n << 2)
  while (end - x >= 32) {
    const a = op.of(v128.load(x))
    const b = op.of(v128.load(x, 16))
    v128.store(out, a)
    v128.store(out, b, 16)
    x += 32
    out += 32
  }
  for (; x < end; x += 16, out += 16) {
    const count = partBetween(x, end)
    storePart(out, op.of(loadPart(x, count)), count)
  }
}

/** `zip` with two vectors at a time. */
// @ts-ignore: decorator
@inline
export function zipPair<Op>(x: usize, y: usize, out: usize, n: i32): void {
  const op = changetype<Op>(0)
  const end = x + (<usize>n << 2)
  while (end - x >= 32) {
    const a = op.of(v128.load(x), v128.load(y))
    const b = op.of(v128.load(x, 16), v128.load(y, 16))
    v128.store(out, a)
    v128.store(out, b, 16)
    x += 32
    y += 32
    out += 32
  }
  for (; x < end; x += 16, y += 16, out += 16) {
    const count = partBetween(x, end)
    storePart(out, op.of(loadPart(x, count), loadPart(y, count)), count)
  }
}
