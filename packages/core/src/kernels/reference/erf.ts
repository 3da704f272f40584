// SPDX-License-Identifier: Apache-2.0

/**
 * The error function in float64, `2/√π · ∫₀ˣ e^(−t²) dt`, to about 1e-15 of its value.
 *
 * @see Abramowitz and Stegun 1964, 7.1.5 (series) and 7.1.14 (continued fraction)
 */
export function erf(x: number): number {
  return Math.abs(x) < 2.5 ? series(x) : Math.sign(x) * (1 - erfc(Math.abs(x)));
}

/** The normal distribution in float64, accurate relative to itself on the left. */
export function normalCdf(x: number): number {
  const z = x * Math.SQRT1_2;
  return z > -2.5 ? (1 + erf(z)) / 2 : erfc(-z) / 2;
}

function series(x: number): number {
  let [sum, power] = [x, x];
  for (let k = 1; Math.abs(power) > 1e-17 * Math.abs(sum); k++) {
    power *= (-x * x) / k;
    sum += power / (2 * k + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

/** 1 − erf(x) for x ≥ 2.5. */
function erfc(x: number): number {
  if (x > 30) return Number.isNaN(x) ? x : 0;
  let fraction = 0;
  for (let k = 60; k > 0; k--) fraction = k / 2 / (x + fraction);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
}
