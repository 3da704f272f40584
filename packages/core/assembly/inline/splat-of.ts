// SPDX-License-Identifier: Apache-2.0

/** A hyperparameter in four lanes. It comes in float64, so that `1 - beta` is rounded once. */
// @ts-ignore: decorator
@inline
export function splatOf(value: f64): v128 {
  return f32x4.splat(<f32>value)
}
