// SPDX-License-Identifier: Apache-2.0
// Updates of Adam's kin, one pass: `out = parameter + update`. The parameter may be 0 for zeros, then `out` is the
// update; `out` may be the parameter. g is `gradientScale · gradient`. Hyperparameters come in float64.
//
// Loops count bytes from the operands' starts, `at`; `still` holds it at 0 in the row of zeros, `p` is the parameter's
// place.

import { addressOf } from './inline/configuration'
import { fma, fnma } from './inline/fma'
import { Four, One } from './inline/lanes'
import { sign4 } from './inline/sign'
import { splatOf } from './inline/splat-of'
import { ZEROS } from './generated/constants'

/**
 * `m += (1 - beta1)·(g - m)`, `v = beta2·v + (1 - beta2)·g²`, `largest = max(largest, v)`,
 * `update = -stepSize · m / (rootScale·√largest + epsilon)`.
 */
export function amsgradUpdate(
  parameter: usize, gradient: usize, m: usize, v: usize, largest: usize, out: usize, n: i32, stepSize: f64, beta1: f64,
  beta2: f64, rootScale: f64, epsilon: f64, gradientScale: f64,
): void {
  const rate = splatOf(stepSize), scale = splatOf(gradientScale), root = splatOf(rootScale), eps = splatOf(epsilon)
  const newM = splatOf(1 - beta1), oldV = splatOf(beta2), newV = splatOf(1 - beta2)
  const still: usize = parameter ? -1 : 0
  if (!parameter) parameter = addressOf(ZEROS)
  const bytes = <usize>n << 2
  let at: usize = 0
  for (; bytes - at >= 16; at += 16) {
    amsgrad<Four>(parameter + (at & still), gradient, m, v, largest, out, at, rate, scale, newM, oldV, newV, root, eps)
  }
  for (; at < bytes; at += 4) {
    amsgrad<One>(parameter + (at & still), gradient, m, v, largest, out, at, rate, scale, newM, oldV, newV, root, eps)
  }
}

// @ts-ignore: decorator
@inline
function amsgrad<Lanes>(
  p: usize, gradient: usize, m: usize, v: usize, largest: usize, out: usize, at: usize, rate: v128, scale: v128,
  newM: v128, oldV: v128, newV: v128, root: v128, eps: v128,
): void {
  const lanes = changetype<Lanes>(0)
  const g = f32x4.mul(scale, lanes.load(gradient + at)), p0 = lanes.load(p), m0 = lanes.load(m + at)
  const m1 = fma(newM, f32x4.sub(g, m0), m0)
  const v1 = fma(f32x4.mul(newV, g), g, f32x4.mul(oldV, lanes.load(v + at)))
  const largest1 = f32x4.max(lanes.load(largest + at), v1)
  lanes.store(m + at, m1)
  lanes.store(v + at, v1)
  lanes.store(largest + at, largest1)
  lanes.store(out + at, fnma(rate, f32x4.div(m1, fma(root, f32x4.sqrt(largest1), eps)), p0))
}

/**
 * `m += (1 - beta1)·(g - m)`, `v = beta2·v + (1 - beta2)·g²`,
 * `update = -(mStep·m + gStep·g) / (rootScale·√v + epsilon)`.
 */
export function nadamUpdate(
  parameter: usize, gradient: usize, m: usize, v: usize, out: usize, n: i32, mStep: f64, gStep: f64, beta1: f64,
  beta2: f64, rootScale: f64, epsilon: f64, gradientScale: f64,
): void {
  const mRate = splatOf(mStep), gRate = splatOf(gStep), scale = splatOf(gradientScale), newM = splatOf(1 - beta1)
  const oldV = splatOf(beta2), newV = splatOf(1 - beta2), root = splatOf(rootScale), eps = splatOf(epsilon)
  const still: usize = parameter ? -1 : 0
  if (!parameter) parameter = addressOf(ZEROS)
  const bytes = <usize>n << 2
  let at: usize = 0
  for (; bytes - at >= 16; at += 16) {
    nadam<Four>(parameter + (at & still), gradient, m, v, out, at, mRate, gRate, scale, newM, oldV, newV, root, eps)
  }
  for (; at < bytes; at += 4) {
    nadam<One>(parameter + (at & still), gradient, m, v, out, at, mRate, gRate, scale, newM, oldV, newV, root, eps)
  }
}

// @ts-ignore: decorator
@inline
function nadam<Lanes>(
  p: usize, gradient: usize, m: usize, v: usize, out: usize, at: usize, mRate: v128, gRate: v128, scale: v128,
  newM: v128, oldV: v128, newV: v128, root: v128, eps: v128,
): void {
  const lanes = changetype<Lanes>(0)
  const g = f32x4.mul(scale, lanes.load(gradient + at)), p0 = lanes.load(p), m0 = lanes.load(m + at)
  const m1 = fma(newM, f32x4.sub(g, m0), m0)
  const v1 = fma(f32x4.mul(newV, g), g, f32x4.mul(oldV, lanes.load(v + at)))
  const step = f32x4.div(fma(mRate, m1, f32x4.mul(gRate, g)), fma(root, f32x4.sqrt(v1), eps))
  lanes.store(m + at, m1)
  lanes.store(v + at, v1)
  lanes.store(out + at, f32x4.sub(p0, step))
}

/** `m += (1 - beta1)·(g - m)`, `u = max(beta2·u, |g| + epsilon)`, `update = -stepSize · m / u`. */
export function adamaxUpdate(
  parameter: usize, gradient: usize, m: usize, u: usize, out: usize, n: i32, stepSize: f64, beta1: f64, beta2: f64,
  epsilon: f64, gradientScale: f64,
): void {
  const rate = splatOf(stepSize), scale = splatOf(gradientScale), eps = splatOf(epsilon)
  const newM = splatOf(1 - beta1), oldU = splatOf(beta2)
  const still: usize = parameter ? -1 : 0
  if (!parameter) parameter = addressOf(ZEROS)
  const bytes = <usize>n << 2
  let at: usize = 0
  for (; bytes - at >= 16; at += 16) {
    adamax<Four>(parameter + (at & still), gradient, m, u, out, at, rate, scale, newM, oldU, eps)
  }
  for (; at < bytes; at += 4) {
    adamax<One>(parameter + (at & still), gradient, m, u, out, at, rate, scale, newM, oldU, eps)
  }
}

// @ts-ignore: decorator
@inline
function adamax<Lanes>(
  p: usize, gradient: usize, m: usize, u: usize, out: usize, at: usize, rate: v128, scale: v128, newM: v128,
  oldU: v128, eps: v128,
): void {
  const lanes = changetype<Lanes>(0)
  const g = f32x4.mul(scale, lanes.load(gradient + at)), p0 = lanes.load(p), m0 = lanes.load(m + at)
  const m1 = fma(newM, f32x4.sub(g, m0), m0)
  const u1 = f32x4.max(f32x4.mul(oldU, lanes.load(u + at)), f32x4.add(f32x4.abs(g), eps))
  lanes.store(m + at, m1)
  lanes.store(u + at, u1)
  lanes.store(out + at, fnma(rate, f32x4.div(m1, u1), p0))
}

/**
 * `c = m + (1 - beta1)·(g - m)`, `m += (1 - beta2)·(g - m)`,
 * `update = -shrink·parameter - learningRate · sign(c)`.
 */
export function lionUpdate(
  parameter: usize, gradient: usize, m: usize, out: usize, n: i32, learningRate: f64, beta1: f64, beta2: f64,
  shrink: f64, gradientScale: f64,
): void {
  const rate = splatOf(learningRate), scale = splatOf(gradientScale), less = splatOf(shrink)
  const newC = splatOf(1 - beta1), newM = splatOf(1 - beta2)
  const still: usize = parameter ? -1 : 0
  if (!parameter) parameter = addressOf(ZEROS)
  const bytes = <usize>n << 2
  let at: usize = 0
  for (; bytes - at >= 16; at += 16) {
    lion<Four>(parameter + (at & still), gradient, m, out, at, rate, scale, newC, newM, less)
  }
  for (; at < bytes; at += 4) {
    lion<One>(parameter + (at & still), gradient, m, out, at, rate, scale, newC, newM, less)
  }
}

// @ts-ignore: decorator
@inline
function lion<Lanes>(
  p: usize, gradient: usize, m: usize, out: usize, at: usize, rate: v128, scale: v128, newC: v128, newM: v128,
  less: v128,
): void {
  const lanes = changetype<Lanes>(0)
  const g = f32x4.mul(scale, lanes.load(gradient + at)), p0 = lanes.load(p), m0 = lanes.load(m + at)
  const away = f32x4.sub(g, m0)
  lanes.store(m + at, fma(newM, away, m0))
  lanes.store(out + at, fnma(rate, sign4(fma(newC, away, m0)), fnma(less, p0, p0)))
}
