// SPDX-License-Identifier: Apache-2.0
// What the host tells the module once, right after instantiating it.

/** Whether V8 joins adjacent pairs of vectors, so that twice as many fit in its registers. */
export let wide: bool = false

let table: usize = 0

/** Takes the address of the table of constants and whether the module was compiled in wide mode. */
export function configure(constants: usize, wideMode: i32): void {
  table = constants
  wide = wideMode != 0
}

/** The address of the constant at `offset`, a name of generated/constants. */
// @ts-ignore: decorator
@inline
export function addressOf(offset: usize): usize {
  return table + offset
}
