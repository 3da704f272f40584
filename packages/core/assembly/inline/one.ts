// SPDX-License-Identifier: Apache-2.0
// The ends of rows, one float at a time through the same vector code: in kernels with many operands, parts of vectors
// would be most of the code.

/** One float, zeros in the other lanes. */
// @ts-ignore: decorator
@inline
export function loadOne(pointer: usize): v128 {
  return v128.load32_zero(pointer)
}

/** Writes the first lane. */
// @ts-ignore: decorator
@inline
export function storeOne(pointer: usize, value: v128): void {
  v128.store_lane<f32>(pointer, value, 0)
}
