// SPDX-License-Identifier: Apache-2.0

/** Copies `n` 4-byte elements; `to` must not lie inside `from` behind its start. */
// @ts-ignore: decorator
@inline
export function copyElements(from: usize, to: usize, n: i32): void {
  const end = to + (n << 2)
  while (end - to >= 64) {
    const a = v128.load(from)
    const b = v128.load(from, 16)
    const c = v128.load(from, 32)
    const d = v128.load(from, 48)
    v128.store(to, a)
    v128.store(to, b, 16)
    v128.store(to, c, 32)
    v128.store(to, d, 48)
    from += 64
    to += 64
  }
  while (end - to >= 16) {
    v128.store(to, v128.load(from))
    from += 16
    to += 16
  }
  for (; to < end; to += 4, from += 4) store<u32>(to, load<u32>(from))
}
