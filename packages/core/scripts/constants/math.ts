// SPDX-License-Identifier: Apache-2.0

import type { KernelConstant } from './table.ts';

/**
 * Constants of the elementary functions in `assembly/inline`.
 *
 * The coefficients are minimax fits of our own, made by `fit-polynomials.ts`; the error
 * named beside each group is that of the formula with these coefficients, before float32 rounding.
 */
export const mathConstants = {
  half: 0.5,
  two: 2,
  minusInfinity: Number.NEGATIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
  signMask: { bits: 0x80000000 },

  // e^x = 2^n · e^r, |r| ≤ ln(2) / 2; n is rounded by adding and subtracting 1.5 · 2^23.
  log2E: Math.LOG2E,
  roundMagic: 12582912,
  // ln 2 in two parts (Cody and Waite 1980); the first has 15 bits, so n times it is exact.
  ln2High: 0.693145751953125,
  ln2Low: Math.LN2 - 0.693145751953125,
  // Beyond these e^x is Infinity and 0 in float32.
  expHighest: 89,
  expLowest: -104.5,
  // e^r = 1 + r + r² · (c2 + c3·r + …): 3.3e-9 relative.
  expC2: 0.4999999403953552,
  expC3: 0.16666515171527863,
  expC4: 0.041668087244033813,
  expC5: 0.008369297720491886,
  expC6: 0.0013838266022503376,
  expm1Lowest: -18,
  tiny: 1e-20,

  // log m = f − f²/2 + f³ · (c0 + c1·f + …), f = m − 1, m in [√½, √2): 2.1e-8 relative.
  sqrtHalfBits: { bits: 0x3f3504f3 },
  mantissaMask: { bits: 0x007fffff },
  smallestNormal: 2 ** -126,
  twoTo23: 2 ** 23,
  minus23: -23,
  mostExponent: { bits: 127 },
  logC0: 0.3333333134651184,
  logC1: -0.250008225440979,
  logC2: 0.20001260936260223,
  logC3: -0.1662333458662033,
  logC4: 0.142002135515213,
  logC5: -0.13150285184383392,
  logC6: 0.12792116403579712,
  logC7: -0.077506884932518,

  // log(1 + t) = t · (1 + c1·t + c2·t² + …), t in [0, 1]: 3.4e-8 relative.
  softplusC1: -0.49999648332595825,
  softplusC2: 0.33321329951286316,
  softplusC3: -0.24857217073440552,
  softplusC4: 0.1915384829044342,
  softplusC5: -0.13754187524318695,
  softplusC6: 0.07920882850885391,
  softplusC7: -0.030068300664424896,
  softplusC8: 0.005365422461181879,

  // erf x = x + x · (c0 + c1·x² + c2·x⁴ + …), |x| ≤ 0.8: 3.5e-9 relative.
  erfSmall: 0.8,
  sqrtTwo: Math.SQRT2,
  erfC0: 0.12837916612625122,
  erfC1: -0.37612608075141907,
  erfC2: 0.11283162236213684,
  erfC3: -0.026822242885828018,
  erfC4: 0.005086889024823904,
  erfC5: -0.0006542718037962914,

  // (1 − Φ(a)) · e^(a²/2) = P(a) / Q(a), 0 ≤ a ≤ 13.2, where Φ is the normal distribution (Mills'
  // ratio over √(2π)): 5.2e-9 relative.
  millsHighest: 14,
  millsP1: 0.434768162768155,
  millsP2: 0.18060610942903557,
  millsP3: 0.03974197789381176,
  millsP4: 0.003982430173702628,
  millsQ1: 1.6674211250048774,
  millsQ2: 1.1916184476760867,
  millsQ3: 0.4625251712890247,
  millsQ4: 0.09962598264815252,
  millsQ5: 0.009982323313198205,

  // Gelu and its derivative, Hendrycks and Gimpel 2016.
  geluSlope: 2 * Math.sqrt(2 / Math.PI),
  geluCubic: 0.044715,
  geluCubic3: 3 * 0.044715,
  // Below −this x · sigmoid(x) is 0.
  gateClosed: 110,
  inverseSqrtTwoPi: 1 / Math.sqrt(2 * Math.PI),
  // Beyond ±this the slopes of gelu and silu are 0 or 1 to 1e-33, and e^±this is finite.
  saturated: 88,
} satisfies Record<string, KernelConstant>;
