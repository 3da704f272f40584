// SPDX-License-Identifier: Apache-2.0
// V8 builds a literal v128 anew in every iteration of a loop, so vector constants come from a table in the heap:
// load them into locals before the loop. The names are generated from scripts/constants/table.ts.

import { addressOf } from './configuration'

/** The constant at `offset` (a name of generated/constants) in all four lanes. */
// @ts-ignore: decorator
@inline
export function splat(offset: usize): v128 {
  return v128.load32_splat(addressOf(offset))
}

/** The constant at `offset` as a scalar. */
// @ts-ignore: decorator
@inline
export function scalar(offset: usize): f32 {
  return load<f32>(addressOf(offset))
}
