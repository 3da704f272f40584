// SPDX-License-Identifier: Apache-2.0
// Rows picked from and added to a table by int32 indices: the forward and the backward of an embedding.

import { copyElements } from './inline/copy'

/** `out[i, :] = table[indices[i], :]` for rows of `width` 4-byte elements. */
export function gatherRows(table: usize, indices: usize, out: usize, n: i32, width: i32): void {
  for (let i = 0; i < n; i++) {
    const row = <usize>load<i32>(indices + (<usize>i << 2))
    copyElements(table + ((row * <usize>width) << 2), out, width)
    out += <usize>width << 2
  }
}

/** `out[indices[i], :] += updates[i, :]`, row after row from i = 0. */
export function scatterAddRows(updates: usize, indices: usize, out: usize, n: i32, width: i32): void {
  for (let i = 0; i < n; i++) {
    const row = <usize>load<i32>(indices + (<usize>i << 2))
    addRow(updates, out + ((row * <usize>width) << 2), width)
    updates += <usize>width << 2
  }
}

/** The first i with an index outside [0, limit), or -1. */
export function firstIndexOutOfRange(indices: usize, n: i32, limit: i32): i32 {
  const limits = i32x4.splat(limit)
  let i = 0
  for (; i + 8 <= n; i += 8) {
    const at = indices + (<usize>i << 2)
    // Unsigned, so a negative index is beyond the limit too.
    const low = i32x4.ge_u(v128.load(at), limits)
    const high = i32x4.ge_u(v128.load(at, 16), limits)
    if (v128.any_true(v128.or(low, high))) break
  }
  for (; i < n; i++) {
    if (load<u32>(indices + (<usize>i << 2)) >= <u32>limit) return i
  }
  return -1
}

// @ts-ignore: decorator
@inline
function addRow(from: usize, to: usize, n: i32): void {
  const end = to + (<usize>n << 2)
  while (end - to >= 32) {
    const a = f32x4.add(v128.load(to), v128.load(from))
    const b = f32x4.add(v128.load(to, 16), v128.load(from, 16))
    v128.store(to, a)
    v128.store(to, b, 16)
    from += 32
    to += 32
  }
  for (; to < end; to += 4, from += 4) store<f32>(to, load<f32>(to) + load<f32>(from))
}
