// SPDX-License-Identifier: Apache-2.0
// Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as
// 1, 2, 3", 2011. Block number b of a stream is a function of the key (2 words) and of counter + b (a 128-bit number of
// 4 words, lowest first); element i of an output takes word i % 4 of block floor(i / 4).
//
// Eight blocks run at a time. Word w of four blocks is one vector, so a round is the scalar round on vectors:
//
//    (x0, x1, x2, x3)  ->  (hi(M1·x2) ^ x1 ^ k0, lo(M1·x2), hi(M0·x0) ^ x3 ^ k1, lo(M0·x0)),  k += W
//
// The blocks that are left, and blocks between which the lowest word of the counter overflows, run one by one.

import { splat } from './inline/constant'
import { MANTISSA_MASK, ONE, PHILOX_M0, PHILOX_M1, PHILOX_W0, PHILOX_W1 } from './generated/constants'

const M0: u64 = 0xd2511f53
const M1: u64 = 0xcd9e8d57
const W0: u32 = 0x9e3779b9
const W1: u32 = 0xbb67ae85

/** The random words themselves. */
export function philoxBits(
  out: usize, n: i32,
  key0: u32, key1: u32, counter0: u32, counter1: u32, counter2: u32, counter3: u32,
): void {
  generate<Bits>(0, out, n, 0, 0, key0, key1, pair(counter0, counter1), pair(counter2, counter3))
}

/** Floats in [0, 1): the low 23 bits of a word, divided by 2^23. */
export function philoxUniform(
  out: usize, n: i32,
  key0: u32, key1: u32, counter0: u32, counter1: u32, counter2: u32, counter3: u32,
): void {
  generate<Uniform>(0, out, n, 0, 0, key0, key1, pair(counter0, counter1), pair(counter2, counter3))
}

/** `out[i] = u[i] >= rate ? x[i] · scale : 0`; `out` may be `x`. */
export function philoxDropout(
  x: usize, out: usize, n: i32, rate: f32, scale: f32,
  key0: u32, key1: u32, counter0: u32, counter1: u32, counter2: u32, counter3: u32,
): void {
  generate<Dropout>(x, out, n, rate, scale, key0, key1, pair(counter0, counter1), pair(counter2, counter3))
}

/** `out[i] = u[i] >= rate ? scale : 0`. */
export function philoxMask(
  out: usize, n: i32, rate: f32, scale: f32,
  key0: u32, key1: u32, counter0: u32, counter1: u32, counter2: u32, counter3: u32,
): void {
  generate<Mask>(0, out, n, rate, scale, key0, key1, pair(counter0, counter1), pair(counter2, counter3))
}

// @ts-ignore: decorator
@unmanaged
class Bits {
  // @ts-ignore: decorator
  @inline
  four(bits: v128, x: usize, out: usize, threshold: v128, scale: v128): void {
    v128.store(out, bits)
  }
  // @ts-ignore: decorator
  @inline
  one(bits: u32, x: usize, out: usize, threshold: i32, scale: f32): void {
    store<u32>(out, bits)
  }
}

// @ts-ignore: decorator
@unmanaged
class Uniform {
  // @ts-ignore: decorator
  @inline
  four(bits: v128, x: usize, out: usize, threshold: v128, scale: v128): void {
    const one = splat(ONE)
    v128.store(out, f32x4.sub(v128.or(v128.and(bits, splat(MANTISSA_MASK)), one), one))
  }
  // @ts-ignore: decorator
  @inline
  one(bits: u32, x: usize, out: usize, threshold: i32, scale: f32): void {
    store<f32>(out, reinterpret<f32>((bits & 0x7fffff) | 0x3f800000) - 1)
  }
}

// @ts-ignore: decorator
@unmanaged
class Dropout {
  // @ts-ignore: decorator
  @inline
  four(bits: v128, x: usize, out: usize, threshold: v128, scale: v128): void {
    v128.store(out, v128.and(f32x4.mul(v128.load(x), scale), kept(bits, threshold)))
  }
  // @ts-ignore: decorator
  @inline
  one(bits: u32, x: usize, out: usize, threshold: i32, scale: f32): void {
    store<f32>(out, <i32>(bits & 0x7fffff) > threshold ? load<f32>(x) * scale : 0)
  }
}

// @ts-ignore: decorator
@unmanaged
class Mask {
  // @ts-ignore: decorator
  @inline
  four(bits: v128, x: usize, out: usize, threshold: v128, scale: v128): void {
    v128.store(out, v128.and(scale, kept(bits, threshold)))
  }
  // @ts-ignore: decorator
  @inline
  one(bits: u32, x: usize, out: usize, threshold: i32, scale: f32): void {
    store<f32>(out, <i32>(bits & 0x7fffff) > threshold ? scale : 0)
  }
}

// @ts-ignore: decorator
@inline
function kept(bits: v128, threshold: v128): v128 {
  return i32x4.gt_s(v128.and(bits, splat(MANTISSA_MASK)), threshold)
}

// @ts-ignore: decorator
@inline
function pair(first: u32, second: u32): u64 {
  return <u64>first | (<u64>second << 32)
}

// @ts-ignore: decorator
@inline
function highWords(evens: v128, odds: v128): v128 {
  return v128.shuffle<i32>(evens, odds, 1, 3, 5, 7)
}

// @ts-ignore: decorator
@inline
function generate<Element>(
  x: usize, out: usize, n: i32, rate: f32, scale: f32, key0: u32, key1: u32, counter: u64, counterHigh: u64,
): void {
  // u = m · 2^-23 for an integer m, so u >= rate is m > ceil(rate · 2^23) - 1, without rounding.
  const threshold = <i32>ceil<f32>(rate * 8388608) - 1
  const thresholds = i32x4.splat(threshold)
  const scales = f32x4.splat(scale)
  const m0 = splat(PHILOX_M0)
  const m1 = splat(PHILOX_M1)
  const w0 = splat(PHILOX_W0)
  const w1 = splat(PHILOX_W1)
  const end = out + (n << 2)
  while (end - out >= 128) {
    if (<u32>counter > 0xfffffff8) {
      blocks<Element>(x, out, 32, threshold, scale, key0, key1, counter, counterHigh)
    } else {
      let a = i32x4.add(i32x4.splat(<u32>counter), i32x4(0, 1, 2, 3))
      let b = i32x4.splat(<u32>(counter >> 32))
      let c = i32x4.splat(<u32>counterHigh)
      let d = i32x4.splat(<u32>(counterHigh >> 32))
      let e = i32x4.add(a, i32x4.splat(4))
      let f = b
      let g = c
      let h = d
      let k0 = i32x4.splat(key0)
      let k1 = i32x4.splat(key1)
      for (let round = 0; round < 10; round++) {
        const lowA = i32x4.mul(a, m0)
        const highA = highWords(i64x2.extmul_low_i32x4_u(a, m0), i64x2.extmul_high_i32x4_u(a, m0))
        const lowC = i32x4.mul(c, m1)
        const highC = highWords(i64x2.extmul_low_i32x4_u(c, m1), i64x2.extmul_high_i32x4_u(c, m1))
        const lowE = i32x4.mul(e, m0)
        const highE = highWords(i64x2.extmul_low_i32x4_u(e, m0), i64x2.extmul_high_i32x4_u(e, m0))
        const lowG = i32x4.mul(g, m1)
        const highG = highWords(i64x2.extmul_low_i32x4_u(g, m1), i64x2.extmul_high_i32x4_u(g, m1))
        a = v128.xor(v128.xor(highC, b), k0)
        b = lowC
        c = v128.xor(v128.xor(highA, d), k1)
        d = lowA
        e = v128.xor(v128.xor(highG, f), k0)
        f = lowG
        g = v128.xor(v128.xor(highE, h), k1)
        h = lowE
        k0 = i32x4.add(k0, w0)
        k1 = i32x4.add(k1, w1)
      }
      put<Element>(a, b, c, d, x, out, thresholds, scales)
      put<Element>(e, f, g, h, x + 64, out + 64, thresholds, scales)
    }
    counter += 8
    if (counter < 8) counterHigh++
    x += 128
    out += 128
  }
  blocks<Element>(x, out, <i32>((end - out) >> 2), threshold, scale, key0, key1, counter, counterHigh)
}

// Writes four blocks, given word by word, in the order of the elements.
// @ts-ignore: decorator
@inline
function put<Element>(a: v128, b: v128, c: v128, d: v128, x: usize, out: usize, threshold: v128, scale: v128): void {
  const element = changetype<Element>(0)
  const ab01 = v128.shuffle<i32>(a, b, 0, 4, 1, 5)
  const cd01 = v128.shuffle<i32>(c, d, 0, 4, 1, 5)
  const ab23 = v128.shuffle<i32>(a, b, 2, 6, 3, 7)
  const cd23 = v128.shuffle<i32>(c, d, 2, 6, 3, 7)
  element.four(v128.shuffle<i64>(ab01, cd01, 0, 2), x, out, threshold, scale)
  element.four(v128.shuffle<i64>(ab01, cd01, 1, 3), x + 16, out + 16, threshold, scale)
  element.four(v128.shuffle<i64>(ab23, cd23, 0, 2), x + 32, out + 32, threshold, scale)
  element.four(v128.shuffle<i64>(ab23, cd23, 1, 3), x + 48, out + 48, threshold, scale)
}

function blocks<Element>(
  x: usize, out: usize, n: i32, threshold: i32, scale: f32, key0: u32, key1: u32, counter: u64, counterHigh: u64,
): void {
  const element = changetype<Element>(0)
  for (let i = 0; i < n; i += 4) {
    let a = <u32>counter
    let b = <u32>(counter >> 32)
    let c = <u32>counterHigh
    let d = <u32>(counterHigh >> 32)
    let k0 = key0
    let k1 = key1
    for (let round = 0; round < 10; round++) {
      const productA = <u64>a * M0
      const productC = <u64>c * M1
      a = <u32>(productC >> 32) ^ b ^ k0
      b = <u32>productC
      c = <u32>(productA >> 32) ^ d ^ k1
      d = <u32>productA
      k0 += W0
      k1 += W1
    }
    const left = n - i
    element.one(a, x, out, threshold, scale)
    if (left > 1) element.one(b, x + 4, out + 4, threshold, scale)
    if (left > 2) element.one(c, x + 8, out + 8, threshold, scale)
    if (left > 3) element.one(d, x + 12, out + 12, threshold, scale)
    counter++
    if (counter == 0) counterHigh++
    x += 16
    out += 16
  }
}
