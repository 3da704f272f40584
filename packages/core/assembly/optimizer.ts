// SPDX-License-Identifier: Apache-2.0
// Optimizer updates, one pass: `out = parameter + update`. The parameter may be 0 for zeros, then `out` is the update;
// `out` may be the parameter. g is `gradientScale · gradient + weightDecay · parameter`. Hyperparameters come in
// float64, so that `1 - beta` is rounded once.

import { addressOf } from './inline/configuration'
import { fma, fnma } from './inline/fma'
import { loadOne, storeOne } from './inline/one'
import { splatOf } from './inline/splat-of'
import { ZEROS } from './generated/constants'

/** `update = -learningRate · g`. */
export function sgdUpdate(
  parameter: usize, gradient: usize, out: usize, n: i32, learningRate: f64, weightDecay: f64, gradientScale: f64,
): void {
  const rate = splatOf(learningRate), decay = splatOf(weightDecay), scale = splatOf(gradientScale)
  const step: usize = parameter ? 32 : 0
  if (!parameter) parameter = addressOf(ZEROS)
  const end = gradient + (<usize>n << 2)
  while (end - gradient >= 32) {
    const p0 = v128.load(parameter), p1 = v128.load(parameter, 16)
    const g0 = fma(decay, p0, f32x4.mul(scale, v128.load(gradient)))
    const g1 = fma(decay, p1, f32x4.mul(scale, v128.load(gradient, 16)))
    v128.store(out, fnma(rate, g0, p0))
    v128.store(out, fnma(rate, g1, p1), 16)
    parameter += step
    gradient += 32
    out += 32
  }
  for (; gradient < end; parameter += step >> 3, gradient += 4, out += 4) {
    const p0 = loadOne(parameter)
    const g0 = fma(decay, p0, f32x4.mul(scale, loadOne(gradient)))
    storeOne(out, fnma(rate, g0, p0))
  }
}

/** `velocity = momentum·velocity + g`, `update = -learningRate · (nesterov ? g + momentum·velocity : velocity)`. */
export function momentumUpdate(
  parameter: usize, gradient: usize, velocity: usize, out: usize, n: i32, learningRate: f64, momentum: f64,
  nesterov: i32, weightDecay: f64, gradientScale: f64,
): void {
  const rate = splatOf(learningRate), decay = splatOf(weightDecay), scale = splatOf(gradientScale)
  const mu = splatOf(momentum)
  const step: usize = parameter ? 32 : 0
  if (!parameter) parameter = addressOf(ZEROS)
  const end = gradient + (<usize>n << 2)
  while (end - gradient >= 32) {
    const p0 = v128.load(parameter), p1 = v128.load(parameter, 16)
    const g0 = fma(decay, p0, f32x4.mul(scale, v128.load(gradient)))
    const g1 = fma(decay, p1, f32x4.mul(scale, v128.load(gradient, 16)))
    const v0 = fma(mu, v128.load(velocity), g0), v1 = fma(mu, v128.load(velocity, 16), g1)
    const direction0 = nesterov ? fma(mu, v0, g0) : v0, direction1 = nesterov ? fma(mu, v1, g1) : v1
    v128.store(velocity, v0)
    v128.store(velocity, v1, 16)
    v128.store(out, fnma(rate, direction0, p0))
    v128.store(out, fnma(rate, direction1, p1), 16)
    parameter += step
    gradient += 32
    velocity += 32
    out += 32
  }
  for (; gradient < end; parameter += step >> 3, gradient += 4, velocity += 4, out += 4) {
    const p0 = loadOne(parameter)
    const g0 = fma(decay, p0, f32x4.mul(scale, loadOne(gradient)))
    const v0 = fma(mu, loadOne(velocity), g0)
    storeOne(velocity, v0)
    storeOne(out, fnma(rate, nesterov ? fma(mu, v0, g0) : v0, p0))
  }
}

/**
 * `m += (1 - beta1)·(g - m)`, `v = beta2·v + (1 - beta2)·g²`,
 * `update = -shrink·parameter - stepSize · m / (rootScale·√v + epsilon)`.
 */
export function adamUpdate(
  parameter: usize, gradient: usize, m: usize, v: usize, out: usize, n: i32, stepSize: f64, beta1: f64, beta2: f64,
  rootScale: f64, epsilon: f64, weightDecay: f64, shrink: f64, gradientScale: f64,
): void {
  const rate = splatOf(stepSize), decay = splatOf(weightDecay), scale = splatOf(gradientScale)
  const newM = splatOf(1 - beta1), oldV = splatOf(beta2), newV = splatOf(1 - beta2)
  const root = splatOf(rootScale), eps = splatOf(epsilon), less = splatOf(shrink)
  const step: usize = parameter ? 32 : 0
  if (!parameter) parameter = addressOf(ZEROS)
  const end = gradient + (<usize>n << 2)
  while (end - gradient >= 32) {
    const p0 = v128.load(parameter), p1 = v128.load(parameter, 16)
    const g0 = fma(decay, p0, f32x4.mul(scale, v128.load(gradient)))
    const g1 = fma(decay, p1, f32x4.mul(scale, v128.load(gradient, 16)))
    const before0 = v128.load(m), before1 = v128.load(m, 16)
    const m0 = fma(newM, f32x4.sub(g0, before0), before0), m1 = fma(newM, f32x4.sub(g1, before1), before1)
    const v0 = fma(f32x4.mul(newV, g0), g0, f32x4.mul(oldV, v128.load(v)))
    const v1 = fma(f32x4.mul(newV, g1), g1, f32x4.mul(oldV, v128.load(v, 16)))
    const ratio0 = f32x4.div(m0, fma(root, f32x4.sqrt(v0), eps)), ratio1 = f32x4.div(m1, fma(root, f32x4.sqrt(v1), eps))
    v128.store(m, m0)
    v128.store(m, m1, 16)
    v128.store(v, v0)
    v128.store(v, v1, 16)
    v128.store(out, fnma(rate, ratio0, fnma(less, p0, p0)))
    v128.store(out, fnma(rate, ratio1, fnma(less, p1, p1)), 16)
    parameter += step
    gradient += 32
    m += 32
    v += 32
    out += 32
  }
  for (; gradient < end; parameter += step >> 3, gradient += 4, m += 4, v += 4, out += 4) {
    const p0 = loadOne(parameter)
    const g0 = fma(decay, p0, f32x4.mul(scale, loadOne(gradient)))
    const before0 = loadOne(m)
    const m0 = fma(newM, f32x4.sub(g0, before0), before0)
    const v0 = fma(f32x4.mul(newV, g0), g0, f32x4.mul(oldV, loadOne(v)))
    storeOne(m, m0)
    storeOne(v, v0)
    storeOne(out, fnma(rate, f32x4.div(m0, fma(root, f32x4.sqrt(v0), eps)), fnma(less, p0, p0)))
  }
}
