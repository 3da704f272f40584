// SPDX-License-Identifier: Apache-2.0
// Updates of rules that divide by the root of a sum or an average of g², one pass: `out = parameter + update`. Operands,
// loops and names are those of adam-variants.ts.

import { addressOf } from './inline/configuration'
import { fma, fnma } from './inline/fma'
import { Four, One } from './inline/lanes'
import { splatOf } from './inline/splat-of'
import { ZEROS } from './generated/constants'

/** `sum += g²`, `update = -learningRate · g / (√sum + epsilon)`. */
export function adagradUpdate(
  parameter: usize, gradient: usize, sum: usize, out: usize, n: i32, learningRate: f64, epsilon: f64,
  gradientScale: f64,
): void {
  const rate = splatOf(learningRate), scale = splatOf(gradientScale), eps = splatOf(epsilon)
  const still: usize = parameter ? -1 : 0
  if (!parameter) parameter = addressOf(ZEROS)
  const bytes = <usize>n << 2
  let at: usize = 0
  for (; bytes - at >= 16; at += 16) {
    adagrad<Four>(parameter + (at & still), gradient, sum, out, at, rate, scale, eps)
  }
  for (; at < bytes; at += 4) {
    adagrad<One>(parameter + (at & still), gradient, sum, out, at, rate, scale, eps)
  }
}

// @ts-ignore: decorator
@inline
function adagrad<Lanes>(
  p: usize, gradient: usize, sum: usize, out: usize, at: usize, rate: v128, scale: v128, eps: v128,
): void {
  const lanes = changetype<Lanes>(0)
  const g = f32x4.mul(scale, lanes.load(gradient + at)), p0 = lanes.load(p)
  const sum1 = fma(g, g, lanes.load(sum + at))
  lanes.store(sum + at, sum1)
  lanes.store(out + at, fnma(rate, f32x4.div(g, f32x4.add(f32x4.sqrt(sum1), eps)), p0))
}

/**
 * `variance = rho·variance + (1 - rho)·g²`, or about a running mean of g, if there is one at `mean`,
 * `variance = rho·variance + rho·(1 - rho)·(g - mean)²`, `mean += (1 - rho)·(g - mean)`; `d = g / (√variance + epsilon)`,
 * `update = -learningRate · d`, or with a `velocity`, `velocity = momentum·velocity + d`,
 * `update = -learningRate · velocity`. g is `gradientScale · gradient + weightDecay · parameter`.
 */
export function rmspropUpdate(
  parameter: usize, gradient: usize, variance: usize, mean: usize, velocity: usize, out: usize, n: i32,
  learningRate: f64, rho: f64, momentum: f64, epsilon: f64, weightDecay: f64, gradientScale: f64,
): void {
  const rate = splatOf(learningRate), scale = splatOf(gradientScale), decay = splatOf(weightDecay)
  const old = splatOf(rho), fresh = splatOf((mean ? rho : 1) * (1 - rho)), newMean = splatOf(1 - rho)
  const mu = splatOf(momentum), eps = splatOf(epsilon)
  const still: usize = parameter ? -1 : 0
  if (!parameter) parameter = addressOf(ZEROS)
  const bytes = <usize>n << 2
  let at: usize = 0
  for (; bytes - at >= 16; at += 16) {
    rmsprop<Four>(
      parameter + (at & still), gradient, variance, mean, velocity, out, at, rate, scale, decay, old, fresh, newMean,
      mu, eps,
    )
  }
  for (; at < bytes; at += 4) {
    rmsprop<One>(
      parameter + (at & still), gradient, variance, mean, velocity, out, at, rate, scale, decay, old, fresh, newMean,
      mu, eps,
    )
  }
}

// @ts-ignore: decorator
@inline
function rmsprop<Lanes>(
  p: usize, gradient: usize, variance: usize, mean: usize, velocity: usize, out: usize, at: usize, rate: v128,
  scale: v128, decay: v128, old: v128, fresh: v128, newMean: v128, mu: v128, eps: v128,
): void {
  const lanes = changetype<Lanes>(0)
  const p0 = lanes.load(p), g = fma(decay, p0, f32x4.mul(scale, lanes.load(gradient + at)))
  let away = g
  if (mean) {
    const mean0 = lanes.load(mean + at)
    away = f32x4.sub(g, mean0)
    lanes.store(mean + at, fma(newMean, away, mean0))
  }
  const variance1 = fma(f32x4.mul(fresh, away), away, f32x4.mul(old, lanes.load(variance + at)))
  lanes.store(variance + at, variance1)
  let direction = f32x4.div(g, f32x4.add(f32x4.sqrt(variance1), eps))
  if (velocity) {
    direction = fma(mu, lanes.load(velocity + at), direction)
    lanes.store(velocity + at, direction)
  }
  lanes.store(out + at, fnma(rate, direction, p0))
}

/**
 * `squares = rho·squares + (1 - rho)·g²`, `d = √((deltas + epsilon) / (squares + epsilon)) · g`,
 * `deltas = rho·deltas + (1 - rho)·d²`, `update = -learningRate · d`.
 */
export function adadeltaUpdate(
  parameter: usize, gradient: usize, squares: usize, deltas: usize, out: usize, n: i32, learningRate: f64, rho: f64,
  epsilon: f64, gradientScale: f64,
): void {
  const rate = splatOf(learningRate), scale = splatOf(gradientScale), eps = splatOf(epsilon)
  const old = splatOf(rho), fresh = splatOf(1 - rho)
  const still: usize = parameter ? -1 : 0
  if (!parameter) parameter = addressOf(ZEROS)
  const bytes = <usize>n << 2
  let at: usize = 0
  for (; bytes - at >= 16; at += 16) {
    adadelta<Four>(parameter + (at & still), gradient, squares, deltas, out, at, rate, scale, old, fresh, eps)
  }
  for (; at < bytes; at += 4) {
    adadelta<One>(parameter + (at & still), gradient, squares, deltas, out, at, rate, scale, old, fresh, eps)
  }
}

// @ts-ignore: decorator
@inline
function adadelta<Lanes>(
  p: usize, gradient: usize, squares: usize, deltas: usize, out: usize, at: usize, rate: v128, scale: v128, old: v128,
  fresh: v128, eps: v128,
): void {
  const lanes = changetype<Lanes>(0)
  const g = f32x4.mul(scale, lanes.load(gradient + at)), p0 = lanes.load(p), deltas0 = lanes.load(deltas + at)
  const squares1 = fma(f32x4.mul(fresh, g), g, f32x4.mul(old, lanes.load(squares + at)))
  const d = f32x4.mul(f32x4.sqrt(f32x4.div(f32x4.add(deltas0, eps), f32x4.add(squares1, eps))), g)
  lanes.store(squares + at, squares1)
  lanes.store(deltas + at, fma(f32x4.mul(fresh, d), d, f32x4.mul(old, deltas0)))
  lanes.store(out + at, fnma(rate, d, p0))
}
