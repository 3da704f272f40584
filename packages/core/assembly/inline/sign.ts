// SPDX-License-Identifier: Apache-2.0

import { splat } from './constant'
import { ONE, SIGN_MASK } from '../generated/constants'

/** The sign of four floats: -1, 0 or 1; 0 and NaN stay as they are. */
// @ts-ignore: decorator
@inline
export function sign4(x: v128): v128 {
  const one = v128.or(splat(ONE), v128.and(x, splat(SIGN_MASK)))
  const zero = i32x4.splat(0)
  return v128.bitselect(one, x, v128.or(f32x4.gt(x, zero), f32x4.lt(x, zero)))
}
