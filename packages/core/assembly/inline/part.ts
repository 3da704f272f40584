// SPDX-License-Identifier: Apache-2.0
// The ends of loops: up to four floats at once, so that the last elements go through the same vector code as the others
// and no value depends on where in a buffer it lies.

/** Four floats, or the first `count` of them with zeros behind; reads nothing beyond. */
// @ts-ignore: decorator
@inline
export function loadPart(pointer: usize, count: i32): v128 {
  if (count >= 4) return v128.load(pointer)
  if (count == 1) return v128.load32_zero(pointer)
  const two = v128.load64_zero(pointer)
  return count == 2 ? two : v128.load_lane<f32>(pointer + 8, two, 2)
}

/** Writes the first `count` lanes, four at most. */
// @ts-ignore: decorator
@inline
export function storePart(pointer: usize, value: v128, count: i32): void {
  if (count >= 4) {
    v128.store(pointer, value)
  } else if (count == 1) {
    v128.store_lane<f32>(pointer, value, 0)
  } else {
    v128.store_lane<f64>(pointer, value, 0)
    if (count == 3) v128.store_lane<f32>(pointer + 8, value, 2)
  }
}

/** How many floats are left between two addresses, four at most. */
// @ts-ignore: decorator
@inline
export function partBetween(pointer: usize, end: usize): i32 {
  return min<i32>(4, <i32>((end - pointer) >> 2))
}

/** All bits of the first `count` lanes. */
// @ts-ignore: decorator
@inline
export function firstLanes(count: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count))
}
